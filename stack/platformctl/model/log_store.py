"""Where Loki keeps the lines, and how many processes it is: for those who outgrow one of them on one disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard

LOKI: Final = "loki"
"""The process at whose address lines are pushed and asked for, however many there are."""

CREDENTIALS: Final = "log-store-credentials"
"""The secret with the keys of the bucket, as AWS' tools keep them: ``[default]``, ``aws_access_key_id = ...``."""

_ENDPOINT: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MOST: Final = 9
_REPLICAS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectStorage:
    """A bucket that speaks S3: Amazon's, MinIO, Ceph, and most others. endpoint: ``host`` or ``host:port``."""

    endpoint: str
    bucket: str
    region: str = "us-east-1"
    tls: bool = True

    def __post_init__(self) -> None:
        _guard.matches(_ENDPOINT, self.endpoint, what="endpoint", like="s3.eu-central-1.amazonaws.com")
        _guard.matches(_BUCKET, self.bucket, what="bucket", like="platform-logs")
        _guard.matches(_guard.SLUG, self.region, what="region", like="eu-central-1")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogProcess:
    """One process of Loki, and the modules that run in it, as Loki's ``-target`` names them."""

    name: str
    modules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogStore:
    """``LOG_STORE`` of a workspace.

    objects: the bucket of the lines; without one they lie on Loki's own disk.
    writers, readers: processes that take lines and that answer queries. Without any, one process does everything.
    A line is held by three writers where there are as many, so that one of them may be away.
    """

    objects: ObjectStorage | None = None
    writers: int = 0
    readers: int = 0

    def __post_init__(self) -> None:
        if not 0 <= min(self.writers, self.readers) <= max(self.writers, self.readers) <= _MOST:
            raise DefinitionError(
                f"Loki of {self.writers} writers and {self.readers} readers: 0 to {_MOST} each"
            )
        if bool(self.writers) != bool(self.readers):
            raise DefinitionError(
                f"Loki of {self.writers} writers and {self.readers} readers loses a way",
                fix="LogStore(objects=ObjectStorage(...), writers=3, readers=2), or neither of both",
            )
        if self.writers == _REPLICAS - 1:
            raise DefinitionError(
                "of two writers none may be away: a majority must hold each line", fix="writers=3"
            )
        if self.writers and not self.objects:
            raise DefinitionError(
                "processes of Loki share no disk",
                fix='LogStore(objects=ObjectStorage(endpoint="...", bucket="..."), writers=3, readers=2)',
            )

    @property
    def replicas(self) -> int:
        """How many writers hold a line."""
        return min(max(self.writers, 1), _REPLICAS)

    @property
    def processes(self) -> tuple[LogProcess, ...]:
        """The processes, in the order in which they start."""
        if not self.writers:
            return (LogProcess(name=LOKI, modules=("all",)),)
        return tuple(self._processes())

    def _processes(self) -> Iterator[LogProcess]:
        """Whoever scales by Loki's ``read``, ``write`` and ``backend`` has to leave them before Loki 4."""
        for number in range(1, self.writers + 1):
            yield LogProcess(name=f"{LOKI}-write-{number}", modules=("ingester",))
        yield LogProcess(name=BACKEND, modules=("compactor", "index-gateway"))
        yield LogProcess(name=LOKI, modules=("distributor", "query-frontend", "query-scheduler", "ruler"))
        for number in range(1, self.readers + 1):
            yield LogProcess(name=f"{LOKI}-read-{number}", modules=("querier",))


BACKEND: Final = f"{LOKI}-backend"
"""The process that compacts, deletes what is too old, and answers for the index."""
