"""What the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Address: TypeAlias = tuple[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """TRACES_OTLP_LISTEN: host:port that takes spans. TRACES_LISTEN: host:port that answers. TRACES_STATE: its folder.

    TRACES_MOST_MB (256): what the spool may take; the oldest spans go first.
    """

    otlp: Address
    http: Address
    state: Path
    most_bytes: int = 256 * 2**20


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings; a KeyError names the variable that is missing."""
    return Settings(
        otlp=_address(environment["TRACES_OTLP_LISTEN"]),
        http=_address(environment["TRACES_LISTEN"]),
        state=Path(environment["TRACES_STATE"]),
        most_bytes=int(environment.get("TRACES_MOST_MB", "256")) * 2**20,
    )


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)
