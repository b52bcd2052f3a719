"""What a size gives a deployment: memory, CPUs, history and limits; and what the tenants may need of it.

Limits follow from the size and not from the number of tenants: one tenant more must restart nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from platformctl.model.component import PLACEHOLDER, Component
from platformctl.model.deployment import Size
from platformctl.model.platform import Platform
from platformctl.model.units import Duration, days

_TENANT: Final = "tenant"
_OF_A_TARGET: Final = 1_000
"""What exporters and runtimes publish beside the catalogue, of each target that is scraped."""

_ROUND: Final = 5_000
"""An estimate is no more exact than that."""

_STEP_MB: Final = 64
_SCRAPE_S: Final = 15
_BYTES_PER_SAMPLE: Final = 2
"""1 to 2 bytes, says Prometheus' manual on storage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """What a size is made for.

    history: one, two or three months, and the days that a report of them may be late. cpus: a factor.
    """

    tenants: int
    series: int
    history: Duration
    cpus: int

    @property
    def samples_of_a_target(self) -> int:
        """A target that gives more has gone wild: Prometheus refuses it as a whole, and it counts as down."""
        return self.series

    @property
    def disk_mb(self) -> int:
        """Prometheus' history when all series are there."""
        return round(self.series * self.history.seconds / _SCRAPE_S * _BYTES_PER_SAMPLE / 1_000_000)


SCALES: Final[Mapping[Size, Scale]] = {
    Size.SMALL: Scale(tenants=100, series=100_000, history=days(32), cpus=1),
    Size.MEDIUM: Scale(tenants=1_000, series=500_000, history=days(63), cpus=2),
    Size.LARGE: Scale(tenants=10_000, series=2_000_000, history=days(94), cpus=4),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What the platform may need. series: the most that its catalogue and its exporters come to.

    log_rate_mb: what Loki takes in a second when every tenant is at the limit of its tier.
    size: the smallest that holds it; None where none does.
    """

    tenants: int
    series: int
    log_rate_mb: float
    size: Size | None


def scale(platform: Platform) -> Scale:
    """What the platform's size is made for."""
    return SCALES[platform.deployment.size]


def need(platform: Platform) -> Need:
    """What all tenants together may ask for."""
    tenants = len(platform.tenants)
    scraped = sum(1 for component in platform.components if component.scrape)
    named = sum(most_series(platform).values()) + scraped * _OF_A_TARGET
    series = math.ceil(named / _ROUND) * _ROUND
    holding = (size for size, of in SCALES.items() if of.tenants >= tenants and of.series >= series)
    return Need(tenants=tenants, series=series, log_rate_mb=_log_rate_mb(platform), size=next(holding, None))


def most_series(platform: Platform) -> dict[str, int]:
    """By metric, the most series that it may make; a metric of tenants makes them for each."""
    tenants = len(platform.tenants)
    return {m.name: m.max_series * (tenants if _TENANT in m.labels else 1) for m in platform.metrics}


def sized(platform: Platform) -> Platform:
    """The platform with every component given what the size says."""
    of = scale(platform)
    return replace(platform, components=tuple(_sized(component, of) for component in platform.components))


def _sized(component: Component, of: Scale) -> Component:
    def kept(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_with_history(text, of.history) for text in texts)

    container, native = component.container, component.native
    if container:
        more_kb = of.series * container.memory_kb_per_series + of.tenants * container.memory_kb_per_tenant
        memory_mb = container.memory_mb + math.ceil(more_kb / 1024 / _STEP_MB) * _STEP_MB
        cpus = container.cpus * of.cpus
        container = replace(container, memory_mb=memory_mb, cpus=cpus, command=kept(container.command))
    return replace(component, container=container, native=native and replace(native, args=kept(native.args)))


def _with_history(text: str, history: Duration) -> str:
    return PLACEHOLDER.sub(lambda found: str(history) if found[1] == "retention" else found[0], text)


def _log_rate_mb(platform: Platform) -> float:
    limits = {tier: of for pipeline in platform.log_pipelines for tier, of in pipeline.tier_limits.items()}
    return sum(limits[tenant.tier].rate_mb for tenant in platform.tenants if tenant.tier in limits)
