"""The machines and processes below the services."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit

HOST: Final = 'instance=~"$host"'
FULL: Final = (Threshold(value=0.8, color=Color.YELLOW), Threshold(value=0.9, color=Color.RED))
REAL_FILES: Final = f'{HOST}, fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs|iso9660"'
REAL_NETWORK: Final = f'{HOST}, device!~"lo|veth.*|docker.*|br-.*"'
REAL_DISKS: Final = f'{HOST}, device!~"loop.*|ram.*|sr.*"'

PRESSURE: Final = Row(
    title="Is something full?",
    panels=(
        Panel(
            title="CPU in use",
            description="Are the processors busy? Share of time not idle, by host, over the last five minutes.",
            kind=PanelKind.GAUGE,
            queries=(
                Query(
                    expr=f'1 - avg by (instance) (rate(node_cpu_seconds_total{{{HOST}, mode="idle"}}[5m]))',
                    legend="{{instance}}",
                ),
            ),
            unit=Unit.RATIO,
            thresholds=FULL,
            minimum=0,
            maximum=1,
            width=6,
            height=6,
        ),
        Panel(
            title="Memory in use",
            description="Will something be killed for memory? Share of memory that nobody could have.",
            kind=PanelKind.GAUGE,
            queries=(
                Query(
                    expr=f"1 - node_memory_MemAvailable_bytes{{{HOST}}} / node_memory_MemTotal_bytes{{{HOST}}}",
                    legend="{{instance}}",
                ),
            ),
            unit=Unit.RATIO,
            thresholds=FULL,
            minimum=0,
            maximum=1,
            width=6,
            height=6,
        ),
        Panel(
            title="Disks in use",
            description="Which file system fills up? Share in use of each that is not in memory.",
            kind=PanelKind.BAR_GAUGE,
            queries=(
                Query(
                    expr="1 - max by (instance, mountpoint) (node_filesystem_avail_bytes"
                    f"{{{REAL_FILES}}} / node_filesystem_size_bytes{{{REAL_FILES}}})",
                    legend="{{instance}} {{mountpoint}}",
                ),
            ),
            unit=Unit.RATIO,
            thresholds=FULL,
            minimum=0,
            maximum=1,
            width=12,
            height=6,
        ),
    ),
)

PROCESSORS: Final = Row(
    title="Processors and memory",
    panels=(
        Panel(
            title="CPU by mode",
            description="What are the processors doing? Cores in use; `iowait` waits for disks,"
            " `steal` was taken by other guests of the same machine.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f'sum by (mode) (rate(node_cpu_seconds_total{{{HOST}, mode!="idle"}}'
                    "[$__rate_interval]))",
                    legend="{{mode}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            title="Tasks waiting for CPU, disk or memory",
            description="Is the machine too small? Share of time in which some task waited for a resource.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"rate(node_pressure_cpu_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                    legend="CPU {{instance}}",
                ),
                Query(
                    expr=f"rate(node_pressure_io_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                    legend="disk {{instance}}",
                ),
                Query(
                    expr=f"rate(node_pressure_memory_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                    legend="memory {{instance}}",
                ),
            ),
            unit=Unit.RATIO,
            minimum=0,
            empty_reason="the kernel does not report pressure (it is older than 4.20, or has it turned off)",
        ),
        Panel(
            title="Memory",
            description="Where did the memory go? In use, kept as cache (given back when needed), and free.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"sum(node_memory_MemTotal_bytes{{{HOST}}} - node_memory_MemAvailable_bytes{{{HOST}}})",
                    legend="in use",
                ),
                Query(
                    expr=f"sum(node_memory_MemAvailable_bytes{{{HOST}}} - node_memory_MemFree_bytes{{{HOST}}})",
                    legend="cache",
                ),
                Query(expr=f"sum(node_memory_MemFree_bytes{{{HOST}}})", legend="free"),
            ),
            unit=Unit.BYTES,
            stacked=True,
        ),
    ),
)

TRAFFIC: Final = Row(
    title="Disks and network",
    panels=(
        Panel(
            title="Disk traffic",
            description="Is a disk busy? Bytes read (above) and written (below) per second.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"sum by (device) (rate(node_disk_read_bytes_total{{{REAL_DISKS}}}[$__rate_interval]))",
                    legend="{{device}} read",
                ),
                Query(
                    expr="-sum by (device) (rate(node_disk_written_bytes_total"
                    f"{{{REAL_DISKS}}}[$__rate_interval]))",
                    legend="{{device}} written",
                ),
            ),
            unit=Unit.BYTES_PER_SECOND,
        ),
        Panel(
            title="Disks busy",
            description="Is a disk the bottleneck? Share of time in which it had something to do.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"rate(node_disk_io_time_seconds_total{{{REAL_DISKS}}}[$__rate_interval])",
                    legend="{{instance}} {{device}}",
                ),
            ),
            unit=Unit.RATIO,
            minimum=0,
            thresholds=FULL,
        ),
        Panel(
            title="Network traffic",
            description="Did traffic change? Bytes received (above) and sent (below) per second,"
            " without the machine's talk with itself.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (device) (rate(node_network_receive_bytes_total"
                    f"{{{REAL_NETWORK}}}[$__rate_interval]))",
                    legend="{{device}} received",
                ),
                Query(
                    expr="-sum by (device) (rate(node_network_transmit_bytes_total"
                    f"{{{REAL_NETWORK}}}[$__rate_interval]))",
                    legend="{{device}} sent",
                ),
            ),
            unit=Unit.BYTES_PER_SECOND,
            empty_reason="the host has no network but its own loopback",
        ),
    ),
)

PROCESSES: Final = Row(
    title="Processes",
    panels=(
        Panel(
            title="CPU by component",
            description="Who uses the processors? Cores used by each component that reports about itself.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (job) (rate(process_cpu_seconds_total[$__rate_interval]))",
                    legend="{{job}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            title="Memory by component",
            description="Who uses the memory? Resident memory of each component.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum by (job) (process_resident_memory_bytes)", legend="{{job}}"),),
            unit=Unit.BYTES,
            stacked=True,
        ),
        Panel(
            title="Restarts",
            description="Does something keep dying? How often each component was started anew"
            " in the chosen time range.",
            kind=PanelKind.BAR_GAUGE,
            queries=(
                Query(
                    expr="sum by (job) (changes(process_start_time_seconds[$__range]))",
                    legend="{{job}}",
                    instant=True,
                ),
            ),
            thresholds=(Threshold(value=1, color=Color.YELLOW), Threshold(value=5, color=Color.RED)),
        ),
    ),
)

INFRASTRUCTURE: Final = Dashboard(
    uid="infrastructure",
    title="Infrastructure",
    question="Is a machine or a process short of CPU, memory, disk or network?",
    audience=Audience.OPERATIONS,
    variables=(Variable(name="host", label="Host", metric="node_boot_time_seconds", of="instance"),),
    rows=(PRESSURE, PROCESSORS, TRAFFIC, PROCESSES),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Database and cache", dashboard="database-cache"),
        Link(title="Monitoring stack", dashboard="monitoring-stack"),
    ),
)

DASHBOARDS: Final = (INFRASTRUCTURE,)
