"""Is somebody trying passwords, or is nobody let in?"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    InputSeries,
    LogLink,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes, seconds

INTERVAL: Final = seconds(5)

TENANT: Final = DashboardLink(uid="tenant-detail", variables={"tenant": "tenant"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")

FAILURE_RATIO: Final = RecordingRule(
    name="tenant:auth_failures:ratio_rate5m",
    expr=(
        'sum by (tenant) (rate(auth_attempts_total{outcome="failure"}[5m]))\n'
        "/ (sum by (tenant) (rate(auth_attempts_total[5m])) > 0)"
    ),
    help="Share of a tenant's log-ins of five minutes that failed.",
)


def _attempts(tenant: str, *, failure: str, success: str) -> tuple[InputSeries, ...]:
    return tuple(
        InputSeries(
            series=f'auth_attempts_total{{job="api", instance="api", tenant="{tenant}", outcome="{outcome}"}}',
            values=values,
        )
        for outcome, values in (("failure", failure), ("success", success))
    )


TENANT_SPIKE: Final = AlertRule(
    name="AuthenticationFailureSpike",
    expr=(
        "tenant:auth_failures:ratio_rate5m > 0.5\n"
        'and sum by (tenant) (increase(auth_attempts_total{outcome="failure"}[5m])) > 20'
    ),
    for_=minutes(1),
    why_for="A person who has forgotten a password tries five times in a minute and then gives up.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "auth"},
    summary="{{ $value | humanizePercentage }} of the log-ins of {{ $labels.tenant }} fail.",
    description="More than 20 failed in five minutes: passwords are being guessed, or an integration has an old one.",
    dashboard=TENANT,
    logs=LogLink(query='{service=~".+"} | json | tenant="{{ $labels.tenant }}" |= "login"'),
    tests=(
        fires(
            "six failures of seven log-ins each quarter of a minute fire for that tenant alone",
            *_attempts("guessed", failure="0+6x40", success="0+1x40"),
            *_attempts("calm", failure="0x40", success="0+7x40"),
            at=minutes(8),
            alerts=({"tenant": "guessed"},),
        ),
        silent(
            "four failures of ten are silent, however many they are",
            *_attempts("clumsy", failure="0+4x40", success="0+6x40"),
            at=minutes(8),
        ),
        silent(
            "ten failures in five minutes are somebody who has forgotten a password",
            *_attempts("small", failure="0+0.5x40", success="0x40"),
            at=minutes(8),
        ),
        silent(
            "it resolves five minutes after the last failure",
            *_attempts("guessed", failure="0+6x20 120x60", success="0+1x80"),
            at=minutes(12),
        ),
    ),
)

NOBODY_GETS_IN: Final = AlertRule(
    name="LoginsFailEverywhere",
    expr=(
        'sum(rate(auth_attempts_total{outcome="failure"}[1m])) / sum(rate(auth_attempts_total[1m])) > 0.5\n'
        'and sum(increase(auth_attempts_total{outcome="failure"}[1m])) > 10\n'
        'and count(sum by (tenant) (increase(auth_attempts_total{outcome="failure"}[1m])) > 0) >= 3'
    ),
    why_for="No `for`: when no log-in works any more, half of the minute's have failed after half a minute.",
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "auth"},
    summary="{{ $value | humanizePercentage }} of all log-ins fail.",
    description="In one minute, and of three tenants or more: nobody guesses all of them; the log-in is broken.",
    dashboard=OVERVIEW,
    logs=LogLink(query='{service=~".+"} |= "login" | json | level=~"warning|error"'),
    tests=(
        fires(
            "nine of ten log-ins of three tenants failing fire once",
            *(s for t in ("a", "b", "c") for s in _attempts(t, failure="0+9x20", success="0+1x20")),
            at=minutes(3),
        ),
        silent(
            "one tenant under attack is not everywhere",
            *_attempts("guessed", failure="0+90x20", success="0x20"),
            *_attempts("calm", failure="0x20", success="0+2x20"),
            at=minutes(3),
        ),
        silent(
            "four of ten are silent: almost a fault",
            *(s for t in ("a", "b", "c") for s in _attempts(t, failure="0+4x20", success="0+6x20")),
            at=minutes(3),
        ),
        silent(
            "it resolves a minute after log-ins work again",
            *(s for t in ("a", "b", "c") for s in _attempts(t, failure="0+9x12 108x40", success="0+1x52")),
            at=minutes(6),
        ),
    ),
)

RECORDING_RULES: Final = (FAILURE_RATIO,)
ALERTS: Final = (TENANT_SPIKE, NOBODY_GETS_IN)
