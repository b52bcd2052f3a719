"""How exposed one component is, as it is written down in a release or as it really runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Confinement:
    """What keeps a container in its place. mounts: the folders and sockets of the host that it sees.

    user: as the engine writes it; empty for what the image says, which nobody here knows.
    """

    image: str
    user: str
    mounts: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    read_only: bool = False
    privileged: bool = False
    shares_host: bool = False
    has_memory_limit: bool = False
    rotates_logs: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """One component. listens: the ``host:port`` of this machine at which it can be reached.

    as_root: whether it is a local process of the superuser. confinement: None for a local process.
    """

    name: str
    listens: tuple[str, ...]
    as_root: bool = False
    confinement: Confinement | None = None
