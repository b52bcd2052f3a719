"""The streams that a tenant's lines make fit within what its tier may have."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final

from platformctl.model.logs import LEVELS, LogPipeline
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_LEVELS: Final = len(LEVELS) + 1  # and "unknown"
_OTHER_VALUES: Final = 10
"""What a label is taken to have that is none of the usual ones; a label with more should be none."""


def log_streams_fit_the_limit(platform: Platform) -> Iterator[Problem]:
    """One problem for each tier of a pipeline whose tenants could run into Loki's limit of streams."""
    for pipeline in platform.log_pipelines:
        streams = _streams_of_a_tenant(pipeline, services=len(platform.components))
        for tier, limits in pipeline.tier_limits.items():
            if streams > limits.streams:
                yield Problem(
                    check="log_streams_fit_the_limit",
                    what=f"a tenant of tier {tier} may make {streams} streams, and has {limits.streams}",
                    where=platform.origin("log pipeline", pipeline.name),
                    fix="make a label structured metadata, or raise the tier's limit",
                )


def _streams_of_a_tenant(pipeline: LogPipeline, *, services: int) -> int:
    """Label values multiply; whether all come together is not known, so they are taken to."""
    usual = {"tenant": 1, "level": _LEVELS, "service": services}
    return prod(usual.get(label, _OTHER_VALUES) for label in pipeline.labels)
