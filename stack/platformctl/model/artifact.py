"""What renderers give and sinks take: named bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from platformctl.errors import DefinitionError


@dataclass(frozen=True, slots=True, order=True)
class Artifact:
    """One file of a release: a relative POSIX path below the release folder, and its text or bytes."""

    path: str
    content: bytes
    executable: bool = False

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or str(path) != self.path or not path.parts:
            raise DefinitionError(f"artifact path {self.path!r} leaves the release folder")


def digest(artifacts: Iterable[Artifact]) -> str:
    """A short fingerprint of a set of artifacts, independent of their order."""
    total = hashlib.sha256()
    for artifact in sorted(artifacts):
        total.update(f"{artifact.path}\0{len(artifact.content)}\0{int(artifact.executable)}\0".encode())
        total.update(artifact.content)
    return total.hexdigest()[:16]
