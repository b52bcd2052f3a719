"""The machines and processes below the services."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit
from platformctl.model.panels import bars, graph

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
        graph(
            "CPU by mode",
            "What are the processors doing? Cores in use; `iowait` waits for disks,"
            " `steal` was taken by other guests of the same machine.",
            (
                f'sum by (mode) (rate(node_cpu_seconds_total{{{HOST}, mode!="idle"}}[$__rate_interval]))',
                "{{mode}}",
            ),
            stacked=True,
        ),
        graph(
            "Tasks waiting for CPU, disk or memory",
            "Is the machine too small? Share of time in which some task waited for a resource.",
            (
                f"rate(node_pressure_cpu_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                "CPU {{instance}}",
            ),
            (
                f"rate(node_pressure_io_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                "disk {{instance}}",
            ),
            (
                f"rate(node_pressure_memory_waiting_seconds_total{{{HOST}}}[$__rate_interval])",
                "memory {{instance}}",
            ),
            unit=Unit.RATIO,
            minimum=0,
            empty_reason="the kernel does not report pressure (it is older than 4.20, or has it turned off)",
        ),
        graph(
            "Memory",
            "Where did the memory go? In use, kept as cache (given back when needed), and free.",
            (
                f"sum(node_memory_MemTotal_bytes{{{HOST}}} - node_memory_MemAvailable_bytes{{{HOST}}})",
                "in use",
            ),
            (f"sum(node_memory_MemAvailable_bytes{{{HOST}}} - node_memory_MemFree_bytes{{{HOST}}})", "cache"),
            (f"sum(node_memory_MemFree_bytes{{{HOST}}})", "free"),
            unit=Unit.BYTES,
            stacked=True,
        ),
    ),
)

TRAFFIC: Final = Row(
    title="Disks and network",
    panels=(
        graph(
            "Disk traffic",
            "Is a disk busy? Bytes read (above) and written (below) per second.",
            (
                f"sum by (device) (rate(node_disk_read_bytes_total{{{REAL_DISKS}}}[$__rate_interval]))",
                "{{device}} read",
            ),
            (
                f"-sum by (device) (rate(node_disk_written_bytes_total{{{REAL_DISKS}}}[$__rate_interval]))",
                "{{device}} written",
            ),
            unit=Unit.BYTES_PER_SECOND,
        ),
        graph(
            "Disks busy",
            "Is a disk the bottleneck? Share of time in which it had something to do.",
            (
                f"rate(node_disk_io_time_seconds_total{{{REAL_DISKS}}}[$__rate_interval])",
                "{{instance}} {{device}}",
            ),
            unit=Unit.RATIO,
            minimum=0,
            thresholds=FULL,
        ),
        graph(
            "Network traffic",
            "Did traffic change? Bytes received (above) and sent (below) per second,"
            " without the machine's talk with itself.",
            (
                "sum by (device) (rate(node_network_receive_bytes_total"
                f"{{{REAL_NETWORK}}}[$__rate_interval]))",
                "{{device}} received",
            ),
            (
                "-sum by (device) (rate(node_network_transmit_bytes_total"
                f"{{{REAL_NETWORK}}}[$__rate_interval]))",
                "{{device}} sent",
            ),
            unit=Unit.BYTES_PER_SECOND,
            empty_reason="the host has no network but its own loopback",
        ),
    ),
)

PROCESSES: Final = Row(
    title="Processes",
    panels=(
        graph(
            "CPU by component",
            "Who uses the processors? Cores used by each component that reports about itself.",
            ("sum by (job) (rate(process_cpu_seconds_total[$__rate_interval]))", "{{job}}"),
            stacked=True,
        ),
        graph(
            "Memory by component",
            "Who uses the memory? Resident memory of each component.",
            ("sum by (job) (process_resident_memory_bytes)", "{{job}}"),
            unit=Unit.BYTES,
            stacked=True,
        ),
        bars(
            "Restarts",
            "Does something keep dying? How often each component was started anew in the chosen time range.",
            "sum by (job) (changes(process_start_time_seconds[$__range]))",
            "{{job}}",
            thresholds=(Threshold(value=1, color=Color.YELLOW), Threshold(value=5, color=Color.RED)),
        ),
    ),
)

NO_CADVISOR: Final = "no cAdvisor runs: nothing runs in containers, or the profile is not the full one"

CONTAINERS: Final = Row(
    title="Containers",
    panels=(
        graph(
            "Memory of the limit",
            "Will the kernel kill a container? Memory in use as a share of what its limit allows.",
            (
                "max by (name) (container_memory_working_set_bytes"
                " / on (job, instance, id, name) (container_spec_memory_limit_bytes > 0))",
                "{{name}}",
            ),
            unit=Unit.RATIO,
            empty_reason=NO_CADVISOR,
        ),
        bars(
            "Container restarts",
            "Does a container keep dying? How often each was started anew in the chosen time range.",
            "sum by (name) (changes(container_start_time_seconds[$__range]))",
            "{{name}}",
            thresholds=(Threshold(value=1, color=Color.YELLOW), Threshold(value=3, color=Color.RED)),
            empty_reason=NO_CADVISOR,
        ),
        bars(
            "Killed for memory",
            "Which limit is too low? How often the kernel has killed in each container.",
            "sum by (name) (increase(container_oom_events_total[$__range]))",
            "{{name}}",
            thresholds=(Threshold(value=1, color=Color.RED),),
            empty_reason=NO_CADVISOR,
        ),
    ),
)

INFRASTRUCTURE: Final = Dashboard(
    uid="infrastructure",
    title="Infrastructure",
    question="Is a machine or a process short of CPU, memory, disk or network?",
    audience=Audience.OPERATIONS,
    variables=(Variable(name="host", label="Host", metric="node_boot_time_seconds", of="instance"),),
    rows=(PRESSURE, PROCESSORS, TRAFFIC, PROCESSES, CONTAINERS),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Database and cache", dashboard="database-cache"),
        Link(title="Monitoring stack", dashboard="monitoring-stack"),
    ),
)

DASHBOARDS: Final = (INFRASTRUCTURE,)
