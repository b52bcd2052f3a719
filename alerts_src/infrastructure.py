"""Containers that die, and the platform as seen from outside."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, LogLink, Severity
from platformctl.model.units import minutes

INFRASTRUCTURE: Final = DashboardLink(uid="infrastructure")
OVERVIEW: Final = DashboardLink(uid="platform-overview")
CONTAINER_LOGS: Final = LogLink(query='{service="{{ $labels.name }}"}')

CADVISOR: Final = {"job": "cadvisor", "instance": "cadvisor", "name": "demo-api"}
ONE: Final = CADVISOR | {"id": "/docker/1", "image": "platformctl/demo"}
PROBE: Final = {"job": "blackbox", "instance": "https://api.example.com/live"}

OOM_KILLED: Final = AlertRule(
    name="ContainerOutOfMemory",
    expr="sum by (job, instance, name) (increase(container_oom_events_total[10m])) > 0",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "memory"},
    summary="The kernel has killed {{ $labels.name }} for its memory.",
    description="{{ $value | humanize }} times in ten minutes: the limit is too low, or memory leaks.",
    dashboard=INFRASTRUCTURE,
    logs=CONTAINER_LOGS,
    tests=(
        fires(
            "one kill fires",
            series("container_oom_events_total", "0x4 1x40", **ONE),
            at=minutes(8),
            every=minutes(1),
            alerts=(CADVISOR,),
        ),
        silent(
            "kills of long ago are silent",
            series("container_oom_events_total", "3x40", **ONE),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "it resolves ten minutes after the kill",
            series("container_oom_events_total", "0x4 1x40", **ONE),
            at=minutes(17),
            every=minutes(1),
        ),
    ),
)

RESTARTING: Final = AlertRule(
    name="ContainerRestarting",
    expr="sum by (job, instance, name) (changes(container_start_time_seconds[15m])) >= 3",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "availability"},
    summary="The container {{ $labels.name }} keeps restarting.",
    description="{{ $value }} times in 15 minutes, whether or not it has metrics of its own.",
    dashboard=INFRASTRUCTURE,
    logs=CONTAINER_LOGS,
    tests=(
        fires(
            "three restarts in a quarter of an hour fire",
            series("container_start_time_seconds", "1 1 2 2 3 3 4 4 4", **ONE),
            at=minutes(8),
            every=minutes(1),
            alerts=(CADVISOR,),
        ),
        silent(
            "two deployments are silent",
            series("container_start_time_seconds", "1 1 2 2 3 3 3 3 3", **ONE),
            at=minutes(8),
            every=minutes(1),
        ),
        silent(
            "it resolves when a quarter of an hour was calm",
            series("container_start_time_seconds", "1 1 2 2 3 3 4x40", **ONE),
            at=minutes(24),
            every=minutes(1),
        ),
    ),
)

PROBE_FAILS: Final = AlertRule(
    name="ProbeFails",
    expr="probe_success == 0",
    for_=minutes(1),
    why_for="Four probes of 15 s: one lost packet is nothing, and a dead gateway has its own page by then.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="{{ $labels.instance }} does not answer from outside.",
    description="Seen as a customer sees it, name, network and certificate included, whatever our metrics say.",
    dashboard=OVERVIEW,
    tests=(
        fires(
            "a minute without an answer fires",
            series("probe_success", "1x4 0x12", **PROBE),
            at=minutes(3),
            alerts=(PROBE,),
        ),
        silent(
            "three lost probes are silent: almost a fault",
            series("probe_success", "1x4 0 0 0 1x12", **PROBE),
            at=minutes(3),
        ),
        silent(
            "the first answer resolves it", series("probe_success", "1x4 0x12 1x12", **PROBE), at=minutes(5)
        ),
    ),
)

ALERTS: Final = (OOM_KILLED, RESTARTING, PROBE_FAILS)
