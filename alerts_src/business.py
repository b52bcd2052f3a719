"""Does the platform earn its keep, and do its numbers still arrive?"""

from __future__ import annotations

from typing import Final

from platformctl.model.rules import AlertRule, AlertTest, DashboardLink, InputSeries, LogLink, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

BUSINESS: Final = DashboardLink(uid="business-overview")
MONITORING: Final = DashboardLink(uid="monitoring-stack")
SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})
LOGS: Final = LogLink(query='{service=~".+"} | json | level="error"')

API: Final = {"job": "api", "instance": "api"}


def _compared(rate: str, *, under: str, least: str) -> str:
    """The last hour under a share of the same hour a day before, which must have had so many events."""
    now, before = f"sum(increase({rate}[1h]))", f"sum(increase({rate}[1h] offset 1d))"
    return f"{now} / ({before} >= {least}) < {under}"


def _two_days(name: str, yesterday: str, today: str, **labels: str) -> InputSeries:
    """A counter every five minutes: a day and more at one pace, then three hours at another."""
    return InputSeries.of(name, f"0+{yesterday}x300 {300 * int(yesterday)}+{today}x36", **API, **labels)


ONBOARDING: Final = AlertRule(
    name="OnboardingDropped",
    expr=_compared("onboarding_steps_completed_total", under="0.3", least="20"),
    for_=minutes(30),
    why_for="Business moves by the hour; half an hour more spares the end of a lunch break.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "business"},
    summary="Onboarding is at {{ $value | humanizePercentage }} of yesterday's pace.",
    description="Steps completed in the last hour against the same hour a day ago: new customers are stuck.",
    dashboard=BUSINESS,
    logs=LOGS,
    tests=(
        AlertTest(
            claim="a fifth of yesterday's steps fires",
            interval=minutes(5),
            series=(_two_days("onboarding_steps_completed_total", "10", "2", tenant="inn", step="team"),),
            at=minutes(1620),
            firing=({},),
        ),
        AlertTest(
            claim="four tenths are silent: almost a fault",
            interval=minutes(5),
            series=(_two_days("onboarding_steps_completed_total", "10", "4", tenant="inn", step="team"),),
            at=minutes(1620),
            firing=(),
        ),
        AlertTest(
            claim="twelve steps an hour are too few to compare",
            interval=minutes(5),
            series=(_two_days("onboarding_steps_completed_total", "1", "0", tenant="inn", step="team"),),
            at=minutes(1620),
            firing=(),
        ),
        AlertTest(
            claim="it resolves when the steps come again",
            interval=minutes(5),
            series=(
                InputSeries.of(
                    "onboarding_steps_completed_total", "0+10x300 3000+2x24 3048+30x24", **API,
                    tenant="inn", step="team",
                ),
            ),
            at=minutes(1700),
            firing=(),
        ),
    ),
)  # fmt: skip

REVENUE: Final = AlertRule(
    name="RevenueDropped",
    expr=_compared('revenue_amount_cents_total{kind="payment"}', under="0.5", least="10000"),
    for_=minutes(30),
    why_for="Payments come in lumps; an hour and a half of too few are a fault or a holiday.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "business"},
    summary="Revenue is at {{ $value | humanizePercentage }} of yesterday's.",
    description="Payments of the last hour against the same hour a day ago, of 100 or more in the currency.",
    dashboard=BUSINESS,
    logs=LOGS,
    tests=(
        AlertTest(
            claim="a quarter of yesterday's payments fires",
            interval=minutes(5),
            series=(_two_days("revenue_amount_cents_total", "2000", "500", tenant="inn", kind="payment"),),
            at=minutes(1620),
            firing=({},),
        ),
        AlertTest(
            claim="six tenths are silent: almost a fault",
            interval=minutes(5),
            series=(_two_days("revenue_amount_cents_total", "2000", "1200", tenant="inn", kind="payment"),),
            at=minutes(1620),
            firing=(),
        ),
        AlertTest(
            claim="refunds are no revenue: fewer of them alert nobody",
            interval=minutes(5),
            series=(_two_days("revenue_amount_cents_total", "2000", "0", tenant="inn", kind="refund"),),
            at=minutes(1620),
            firing=(),
        ),
        AlertTest(
            claim="it resolves when payments come again",
            interval=minutes(5),
            series=(
                InputSeries.of(
                    "revenue_amount_cents_total", "0+2000x300 600000+500x24 612000+4000x24", **API,
                    tenant="inn", kind="payment",
                ),
            ),
            at=minutes(1700),
            firing=(),
        ),
    ),
)  # fmt: skip

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
        AlertTest(
            claim="half of the payments failing fires",
            interval=minutes(1),
            series=(
                InputSeries.of("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment"),
                InputSeries.of("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment_failed"),
            ),
            at=minutes(40),
            firing=({},),
        ),
        AlertTest(
            claim="a quarter is silent: almost a fault",
            interval=minutes(1),
            series=(
                InputSeries.of("revenue_events_total", "0+3x90", **API, tenant="inn", kind="payment"),
                InputSeries.of("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment_failed"),
            ),
            at=minutes(40),
            firing=(),
        ),
        AlertTest(
            claim="it resolves when half an hour was good",
            interval=minutes(1),
            series=(
                InputSeries.of("revenue_events_total", "0+1x90", **API, tenant="inn", kind="payment"),
                InputSeries.of("revenue_events_total", "0+1x40 40x60", **API, tenant="inn", kind="payment_failed"),
            ),
            at=minutes(75),
            firing=(),
        ),
    ),
)  # fmt: skip

TELEMETRY: Final = AlertRule(
    name="TelemetryAbsent",
    expr=(
        "group by (job) (up == 1) and on (job) group by (job) (max_over_time(http_requests_total[1d]))\n"
        "unless on (job) group by (job) (http_requests_total)"
    ),
    for_=minutes(10),
    why_for="After a restart a service counts nothing until its first request.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "monitoring"},
    summary="{{ $labels.job }} is up, and its request counters are gone.",
    description="It had them within the last day: its alerts on errors and response times see nothing.",
    dashboard=SERVICES,
    tests=(
        AlertTest(
            claim="a service whose counters vanish while it is up fires",
            interval=minutes(1),
            series=(
                InputSeries.of("up", "1x60", **API),
                InputSeries.of("http_requests_total", "0+9x10 _x50", **API, code="200"),
            ),
            at=minutes(35),
            firing=({"job": "api"},),
        ),
        AlertTest(
            claim="a dead service has its own alert",
            interval=minutes(1),
            series=(
                InputSeries.of("up", "1x10 0x50", **API),
                InputSeries.of("http_requests_total", "0+9x10 _x50", **API, code="200"),
            ),
            at=minutes(35),
            firing=(),
        ),
        AlertTest(
            claim="an exporter never had any",
            interval=minutes(1),
            series=(InputSeries.of("up", "1x60", job="redis-exporter", instance="redis-exporter"),),
            at=minutes(35),
            firing=(),
        ),
        AlertTest(
            claim="it resolves with the counters",
            interval=minutes(1),
            series=(
                InputSeries.of("up", "1x90", **API),
                InputSeries.of("http_requests_total", "0+9x10 _x40 0+9x40", **API, code="200"),
            ),
            at=minutes(60),
            firing=(),
        ),
    ),
)

FACTS_ABSENT: Final = AlertRule(
    name="TenantFactsAbsent",
    expr="count(last_over_time(tenant_info[1h])) > 0 unless on () count(tenant_info) > 0",
    for_=minutes(5),
    why_for="A restart of the exporter; for an hour the rules remember the facts, and the clock runs from here.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "monitoring"},
    summary="The facts of {{ $value }} tenants have stopped arriving.",
    description="An hour after the last of them no tenant has an objective any more, and no budget alert fires.",
    dashboard=MONITORING,
    tests=(
        AlertTest(
            claim="facts that stop fire, while the rules still remember them",
            interval=minutes(1),
            series=(
                InputSeries.of("tenant_info", "1x10 stale", tenant="inn", tier="gold", vertical="hotels"),
            ),
            at=minutes(20),
            firing=({},),
        ),
        AlertTest(
            claim="one tenant that leaves is no loss of all",
            interval=minutes(1),
            series=(
                InputSeries.of("tenant_info", "1x10 stale", tenant="inn", tier="gold", vertical="hotels"),
                InputSeries.of("tenant_info", "1x40", tenant="gym", tier="gold", vertical="gyms"),
            ),
            at=minutes(20),
            firing=(),
        ),
        AlertTest(
            claim="it resolves with the facts",
            interval=minutes(1),
            series=(
                InputSeries.of("tenant_info", "1x10 _x20 1x20", tenant="inn", tier="gold", vertical="hotels"),
            ),
            at=minutes(40),
            firing=(),
        ),
    ),
)

ALERTS: Final = (ONBOARDING, REVENUE, PAYMENTS, TELEMETRY, FACTS_ABSENT)
