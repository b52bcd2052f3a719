"""What is about to go wrong: disks that fill, containers that die, certificates that end, and pages from outside."""

from __future__ import annotations

from typing import Final

from platformctl.model.rules import AlertRule, AlertTest, DashboardLink, InputSeries, LogLink, Severity
from platformctl.model.units import hours, minutes

INFRASTRUCTURE: Final = DashboardLink(uid="infrastructure")
HOST: Final = DashboardLink(uid="infrastructure", variables={"host": "instance"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")
CONTAINER_LOGS: Final = LogLink(query='{service="{{ $labels.name }}"}')

ROOT: Final = {"job": "node-exporter", "instance": "node-exporter", "mountpoint": "/"}
DISK: Final = ROOT | {"device": "/dev/sda1", "fstype": "ext4"}
CADVISOR: Final = {"job": "cadvisor", "instance": "cadvisor", "name": "demo-api"}
ONE: Final = CADVISOR | {"id": "/docker/1", "image": "platformctl/demo"}
PROBE: Final = {"job": "blackbox", "instance": "https://api.example.com/live"}

DISK_FULL_SOON: Final = AlertRule(
    name="HostDiskFullSoon",
    expr=(
        "max by (job, instance, mountpoint) (\n"
        '  predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"}[6h], 24 * 3600)\n'
        ") < 0 and on (job, instance, mountpoint) instance_mountpoint:node_filesystem_used:ratio > 0.5"
    ),
    for_=minutes(30),
    why_for="A backup that is written and removed bends the line for minutes, and a day is left.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} is full within a day.",
    description="At the pace of the last six hours it lacks {{ $value | humanize1024 }}B in 24 hours.",
    dashboard=HOST,
    tests=(
        AlertTest(
            claim="60 % used and 4 % more each hour fires",
            interval=minutes(5),
            series=(
                InputSeries.of("node_filesystem_avail_bytes", "40000-333x99", **DISK),
                InputSeries.of("node_filesystem_size_bytes", "100000x99", **DISK),
            ),
            at=hours(3),
            firing=(ROOT,),
        ),
        AlertTest(
            claim="1 % more each hour is silent: three days are left",
            interval=minutes(5),
            series=(
                InputSeries.of("node_filesystem_avail_bytes", "40000-83x99", **DISK),
                InputSeries.of("node_filesystem_size_bytes", "100000x99", **DISK),
            ),
            at=hours(3),
            firing=(),
        ),
        AlertTest(
            claim="a disk that is nine tenths empty may fill for a while",
            interval=minutes(5),
            series=(
                InputSeries.of("node_filesystem_avail_bytes", "95000-400x99", **DISK),
                InputSeries.of("node_filesystem_size_bytes", "100000x99", **DISK),
            ),
            at=hours(1),
            firing=(),
        ),
        AlertTest(
            claim="it resolves when the disk was cleared",
            interval=minutes(5),
            series=(
                InputSeries.of("node_filesystem_avail_bytes", "40000-333x36 90000x99", **DISK),
                InputSeries.of("node_filesystem_size_bytes", "100000x140", **DISK),
            ),
            at=hours(4),
            firing=(),
        ),
    ),
)

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
        AlertTest(
            claim="one kill fires",
            interval=minutes(1),
            series=(InputSeries.of("container_oom_events_total", "0x4 1x40", **ONE),),
            at=minutes(8),
            firing=(CADVISOR,),
        ),
        AlertTest(
            claim="kills of long ago are silent",
            interval=minutes(1),
            series=(InputSeries.of("container_oom_events_total", "3x40", **ONE),),
            at=minutes(20),
            firing=(),
        ),
        AlertTest(
            claim="it resolves ten minutes after the kill",
            interval=minutes(1),
            series=(InputSeries.of("container_oom_events_total", "0x4 1x40", **ONE),),
            at=minutes(17),
            firing=(),
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
        AlertTest(
            claim="three restarts in a quarter of an hour fire",
            interval=minutes(1),
            series=(InputSeries.of("container_start_time_seconds", "1 1 2 2 3 3 4 4 4", **ONE),),
            at=minutes(8),
            firing=(CADVISOR,),
        ),
        AlertTest(
            claim="two deployments are silent",
            interval=minutes(1),
            series=(InputSeries.of("container_start_time_seconds", "1 1 2 2 3 3 3 3 3", **ONE),),
            at=minutes(8),
            firing=(),
        ),
        AlertTest(
            claim="it resolves when a quarter of an hour was calm",
            interval=minutes(1),
            series=(InputSeries.of("container_start_time_seconds", "1 1 2 2 3 3 4x40", **ONE),),
            at=minutes(24),
            firing=(),
        ),
    ),
)

CERTIFICATE: Final = AlertRule(
    name="CertificateExpiresSoon",
    expr="(probe_ssl_earliest_cert_expiry - time()) / 86400 < 14",
    for_=minutes(30),
    why_for="Two weeks are left, and a renewal that is under way takes minutes.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "certificate"},
    summary="The certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days.",
    description="It should have been renewed 30 days before its end: the renewal does not work.",
    dashboard=OVERVIEW,
    tests=(
        AlertTest(
            claim="13 days left fire",
            interval=minutes(5),
            series=(InputSeries.of("probe_ssl_earliest_cert_expiry", f"{13 * 86400}x99", **PROBE),),
            at=hours(1),
            firing=(PROBE,),
        ),
        AlertTest(
            claim="15 days left are silent: almost a fault",
            interval=minutes(5),
            series=(InputSeries.of("probe_ssl_earliest_cert_expiry", f"{15 * 86400}x99", **PROBE),),
            at=hours(1),
            firing=(),
        ),
        AlertTest(
            claim="a renewed certificate resolves",
            interval=minutes(5),
            series=(
                InputSeries.of("probe_ssl_earliest_cert_expiry", f"{13 * 86400}x12 {90 * 86400}x99", **PROBE),
            ),
            at=hours(2),
            firing=(),
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
        AlertTest(
            claim="a minute without an answer fires",
            series=(InputSeries.of("probe_success", "1x4 0x12", **PROBE),),
            at=minutes(3),
            firing=(PROBE,),
        ),
        AlertTest(
            claim="three lost probes are silent: almost a fault",
            series=(InputSeries.of("probe_success", "1x4 0 0 0 1x12", **PROBE),),
            at=minutes(3),
            firing=(),
        ),
        AlertTest(
            claim="the first answer resolves it",
            series=(InputSeries.of("probe_success", "1x4 0x12 1x12", **PROBE),),
            at=minutes(5),
            firing=(),
        ),
    ),
)

ALERTS: Final = (DISK_FULL_SOON, OOM_KILLED, RESTARTING, CERTIFICATE, PROBE_FAILS)
