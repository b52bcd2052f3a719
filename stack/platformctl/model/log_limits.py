"""How much of whose lines is taken, and how long they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model.units import Duration, days

_SHORTEST_RETENTION: Final = days(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamRetention:
    """How long the streams with these labels are kept; the highest priority wins."""

    labels: Mapping[str, str]
    keep: Duration
    priority: int = 1

    def __post_init__(self) -> None:
        if not self.labels:
            raise DefinitionError("a stream retention names no label")
        check_retention(self.keep, f"streams with {dict(self.labels)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TierLimits:
    """What Loki takes from one tenant of a tier: megabytes and streams, and how long it keeps the lines."""

    rate_mb: int
    burst_mb: int
    streams: int
    keep: Duration

    def __post_init__(self) -> None:
        if min(self.rate_mb, self.burst_mb, self.streams) < 1 or self.burst_mb < self.rate_mb:
            raise DefinitionError(
                f"log limits of {self.rate_mb} MB/s, bursts of {self.burst_mb} MB and {self.streams} streams"
                " let nothing through",
                fix="each is at least 1, and a burst is at least the rate",
            )
        check_retention(self.keep, "a tier's lines")


@dataclass(frozen=True, kw_only=True, slots=True)
class FloodLimit:
    """How many lines per second the agent takes of one tenant; what is beyond never leaves the host, and is counted.

    burst: so many at once pass: what has waited while the agent or Loki was away.
    """

    lines_per_s: int
    burst: int

    def __post_init__(self) -> None:
        if self.lines_per_s < 1 or self.burst < self.lines_per_s:
            raise DefinitionError(
                f"a limit of {self.lines_per_s} lines per second, {self.burst} at once, lets nothing through",
                fix="each is at least 1, and a burst at least a second's lines",
            )


def check_retention(keep: Duration, what: str) -> None:
    """Raise `DefinitionError` for less than Loki can do."""
    if keep < _SHORTEST_RETENTION:
        raise DefinitionError(f"{what}: kept for {keep}; Loki keeps lines for a day at least")
