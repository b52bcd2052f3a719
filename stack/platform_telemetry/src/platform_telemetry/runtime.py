"""Metrics of the process itself: what it is, and what it uses."""

from __future__ import annotations

import platform
from functools import partial
from typing import Final

from prometheus_client import ProcessCollector

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments, Labels

_PROCESS: Final = (
    contract.PROCESS_CPU, contract.PROCESS_MEMORY, contract.PROCESS_VIRTUAL_MEMORY,
    contract.PROCESS_START, contract.PROCESS_FDS, contract.PROCESS_MAX_FDS,
)  # fmt: skip


def publish(instruments: Instruments, *, service: str, version: str) -> None:
    """Publish what runs and the process' CPU, memory and file descriptors, as prometheus-client reads them."""
    instruments.value(contract.BUILD_INFO).at(service, version, platform.python_version()).set(1)
    instruments.value(contract.SERIES_OVERFLOW)
    collector = ProcessCollector(registry=None)
    for spec in _PROCESS:
        instruments.look_up(spec, partial(_read, collector, spec.name))


def _read(collector: ProcessCollector, name: str) -> dict[Labels, float]:
    samples = (sample for family in collector.collect() for sample in family.samples)
    found = next((sample.value for sample in samples if sample.name == name), None)
    return {} if found is None else {(): found}
