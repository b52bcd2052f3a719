"""Do tenants' customers get to pay?"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, LogLink, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

BUSINESS: Final = DashboardLink(uid="business-overview")
LOGS: Final = LogLink(query='{service=~".+"} | json | level="error"')
API: Final = {"job": "api", "instance": "api"}

PAYMENTS: Final = AlertRule(
    name="PaymentsFail",
    expr=(
        'sum(increase(revenue_events_total{kind="payment_failed"}[30m]))\n'
        '/ sum(increase(revenue_events_total{kind=~"payment|payment_failed"}[30m])) > 0.3\n'
        'and sum(increase(revenue_events_total{kind="payment_failed"}[30m])) > 10'
    ),
    for_=minutes(5),
    why_for="A card that is tried three times is one customer; ten failures in half an hour are the provider.",
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "business"},
    summary="{{ $value | humanizePercentage }} of the payments fail.",
    description="In half an hour, more than ten: the payment provider, its key, or our call of it is broken.",
    dashboard=BUSINESS,
    logs=LOGS,
    tests=(
        fires(
            "half of the payments failing fires",
            series("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment"),
            series("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment_failed"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent(
            "a quarter is silent: almost a fault",
            series("revenue_events_total", "0+3x90", **API, tenant="inn", kind="payment"),
            series("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment_failed"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent(
            "it resolves when half an hour was good",
            series("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment"),
            series("revenue_events_total", "0+1x40 40x60", **API, tenant="inn", kind="payment_failed"),
            at=minutes(75),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (PAYMENTS,)
