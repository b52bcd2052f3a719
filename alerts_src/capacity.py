"""What is about to end: room on disks, and certificates. There are days left."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, Severity
from platformctl.model.units import hours, minutes

INTERVAL: Final = minutes(5)

HOST: Final = DashboardLink(uid="infrastructure", variables={"host": "instance"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")
ROOT: Final = {"job": "node-exporter", "instance": "node-exporter", "mountpoint": "/"}
DISK: Final = ROOT | {"device": "/dev/sda1", "fstype": "ext4"}
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
        fires(
            "60 % used and 4 % more each hour fires",
            series("node_filesystem_avail_bytes", "40000-333x99", **DISK),
            series("node_filesystem_size_bytes", "100000x99", **DISK),
            at=hours(3),
            every=minutes(5),
            alerts=(ROOT,),
        ),
        silent(
            "1 % more each hour is silent: three days are left",
            series("node_filesystem_avail_bytes", "40000-83x99", **DISK),
            series("node_filesystem_size_bytes", "100000x99", **DISK),
            at=hours(3),
            every=minutes(5),
        ),
        silent(
            "a disk that is nine tenths empty may fill for a while",
            series("node_filesystem_avail_bytes", "95000-400x99", **DISK),
            series("node_filesystem_size_bytes", "100000x99", **DISK),
            at=hours(1),
            every=minutes(5),
        ),
        silent(
            "it resolves when the disk was cleared",
            series("node_filesystem_avail_bytes", "40000-333x36 90000x99", **DISK),
            series("node_filesystem_size_bytes", "100000x140", **DISK),
            at=hours(4),
            every=minutes(5),
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
        fires(
            "13 days left fire",
            series("probe_ssl_earliest_cert_expiry", f"{13 * 86400}x99", **PROBE),
            at=hours(1),
            every=minutes(5),
            alerts=(PROBE,),
        ),
        silent(
            "15 days left are silent: almost a fault",
            series("probe_ssl_earliest_cert_expiry", f"{15 * 86400}x99", **PROBE),
            at=hours(1),
            every=minutes(5),
        ),
        silent(
            "a renewed certificate resolves",
            series("probe_ssl_earliest_cert_expiry", f"{13 * 86400}x12 {90 * 86400}x99", **PROBE),
            at=hours(2),
            every=minutes(5),
        ),
    ),
)

ALERTS: Final = (DISK_FULL_SOON, CERTIFICATE)
