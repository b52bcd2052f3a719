"""Do the numbers of tenants still arrive? Absent tenants are not absent targets."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

MONITORING: Final = DashboardLink(uid="monitoring-stack")
SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})
API: Final = {"job": "api", "instance": "api"}

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
        fires(
            "a service whose counters vanish while it is up fires",
            series("up", "1x60", **API),
            series("http_requests_total", "0+9x10 _x50", **API, code="200"),
            at=minutes(35),
            every=minutes(1),
            alerts=({"job": "api"},),
        ),
        silent(
            "a dead service has its own alert",
            series("up", "1x10 0x50", **API),
            series("http_requests_total", "0+9x10 _x50", **API, code="200"),
            at=minutes(35),
            every=minutes(1),
        ),
        silent(
            "an exporter never had any",
            series("up", "1x60", job="redis-exporter", instance="redis-exporter"),
            at=minutes(35),
            every=minutes(1),
        ),
        silent(
            "it resolves with the counters",
            series("up", "1x90", **API),
            series("http_requests_total", "0+9x10 _x40 0+9x40", **API, code="200"),
            at=minutes(60),
            every=minutes(1),
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
        fires(
            "facts that stop fire, while the rules still remember them",
            series("tenant_info", "1x10 stale", tenant="inn", tier="gold", vertical="hotels"),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "one tenant that leaves is no loss of all",
            series("tenant_info", "1x10 stale", tenant="inn", tier="gold", vertical="hotels"),
            series("tenant_info", "1x40", tenant="gym", tier="gold", vertical="gyms"),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "it resolves with the facts",
            series("tenant_info", "1x10 _x20 1x20", tenant="inn", tier="gold", vertical="hotels"),
            at=minutes(40),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (TELEMETRY, FACTS_ABSENT)
