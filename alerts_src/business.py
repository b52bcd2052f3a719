"""Does the platform earn its keep? Hours compared with those of the day before."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, InputSeries, LogLink, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(5)

BUSINESS: Final = DashboardLink(uid="business-overview")
LOGS: Final = LogLink(query='{service=~".+"} | json | level="error"')

API: Final = {"job": "api", "instance": "api"}


def _compared(rate: str, *, under: str, least: str) -> str:
    """The last hour under a share of the same hour a day before, which must have had so many events."""
    now, before = f"sum(increase({rate}[1h]))", f"sum(increase({rate}[1h] offset 1d))"
    return f"{now} / ({before} >= {least}) < {under}"


def _two_days(name: str, yesterday: str, today: str, **labels: str) -> InputSeries:
    """A counter every five minutes: a day and more at one pace, then three hours at another."""
    return series(name, f"0+{yesterday}x300 {300 * int(yesterday)}+{today}x36", **API, **labels)


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
        fires(
            "a fifth of yesterday's steps fires",
            _two_days("onboarding_steps_completed_total", "10", "2", tenant="inn", step="team"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "four tenths are silent: almost a fault",
            _two_days("onboarding_steps_completed_total", "10", "4", tenant="inn", step="team"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "twelve steps an hour are too few to compare",
            _two_days("onboarding_steps_completed_total", "1", "0", tenant="inn", step="team"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "it resolves when the steps come again",
            series(
                "onboarding_steps_completed_total",
                "0+10x300 3000+2x24 3048+30x24",
                **API,
                tenant="inn",
                step="team",
            ),
            at=minutes(1700),
            every=minutes(5),
        ),
    ),
)

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
        fires(
            "a quarter of yesterday's payments fires",
            _two_days("revenue_amount_cents_total", "2000", "500", tenant="inn", kind="payment"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "six tenths are silent: almost a fault",
            _two_days("revenue_amount_cents_total", "2000", "1200", tenant="inn", kind="payment"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "refunds are no revenue: fewer of them alert nobody",
            _two_days("revenue_amount_cents_total", "2000", "0", tenant="inn", kind="refund"),
            at=minutes(1620),
            every=minutes(5),
        ),
        silent(
            "it resolves when payments come again",
            series(
                "revenue_amount_cents_total",
                "0+2000x300 600000+500x24 612000+4000x24",
                **API,
                tenant="inn",
                kind="payment",
            ),
            at=minutes(1700),
            every=minutes(5),
        ),
    ),
)

ALERTS: Final = (ONBOARDING, REVENUE)
