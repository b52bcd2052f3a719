"""What the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """EDGE_LISTEN: host:port. EDGE_LOG: the gateway's access log. EDGE_STATE: the folder of the checkpoint.

    EDGE_MOST_TENANTS (10000): tenants that are kept apart. EDGE_IDLE_S (3600): silence after which one is forgotten.
    EDGE_ZERO_S (12): how long a new tenant shows zeros; longer than two scrapes are apart.
    """

    host: str
    port: int
    log: Path
    state: Path
    most_tenants: int = 10_000
    idle_s: float = 3600.0
    zero_s: float = 12.0


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings; a KeyError names the variable that is missing."""
    host, _, port = environment["EDGE_LISTEN"].rpartition(":")
    return Settings(
        host=host,
        port=int(port),
        log=Path(environment["EDGE_LOG"]),
        state=Path(environment["EDGE_STATE"]),
        most_tenants=int(environment.get("EDGE_MOST_TENANTS", "10000")),
        idle_s=float(environment.get("EDGE_IDLE_S", "3600")),
        zero_s=float(environment.get("EDGE_ZERO_S", "12")),
    )
