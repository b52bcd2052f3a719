"""The file of a backup: a tar of a manifest and compressed parts, written whole and believed only when whole.

manifest.json          what it is, and the size and SHA-256 of every part
state.tar.gz           releases, history, the ledger of service levels
secrets.tar.gz         only where they were asked for
data/<unit>.tar.gz     the data of one component
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.sinks import tarballs
from platformctl.sinks.machine import Machine
from platformctl.sinks.ports import Ports
from platformctl.sinks.releases import disk_error

STATE: Final = "state.tar.gz"
SECRETS: Final = "secrets.tar.gz"
_MANIFEST: Final = "manifest.json"
_FORMAT: Final = "platformctl-backup-1"
_MOST_MANIFEST_BYTES: Final = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of the file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup holds. created: UTC, ISO 8601. release: the one that served.

    ways: by unit, how its data was copied. versions: by unit, the program's. secrets: names of those that the
    stack has, which the file holds only where there is a part for them. ports: those of the machine.
    """

    created: str
    release: int
    runtime: str
    ways: Mapping[str, str]
    versions: Mapping[str, str]
    secrets: tuple[str, ...]
    ports: Ports
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def machine(self) -> Machine:
        """What was decided for the machine, for one on which nothing is decided yet."""
        return Machine(ports=self.ports)


def data_part(unit: str) -> str:
    """The name of the part with a unit's data."""
    return f"data/{unit}.tar.gz"


def new_part(folder: Path, name: str) -> tarfile.TarFile:
    """A part to be filled, in the folder that `write` will take the parts from."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    return tarfile.open(path, "w:gz", compresslevel=1)  # most of it is compressed already


def write(target: Path, manifest: Manifest, folder: Path) -> Manifest:
    """Make the file of the parts in `folder`, 0600; returns the manifest with its parts."""
    parts = {
        path.relative_to(folder).as_posix(): Part(bytes=path.stat().st_size, sha256=_digest(path))
        for path in sorted(folder.rglob("*.tar.gz"))
    }
    document = {"format": _FORMAT, **asdict(manifest), "parts": {n: asdict(p) for n, p in parts.items()}}
    text = json.dumps(document, indent=2).encode()
    draft = folder / "draft"
    try:
        with draft.open("xb") as file:
            draft.chmod(0o600)
            with tarfile.open(fileobj=file, mode="w") as archive:
                head = tarfile.TarInfo(_MANIFEST)
                head.size, head.mode = len(text), 0o600
                archive.addfile(head, io.BytesIO(text))
                for name in parts:
                    archive.add(folder / name, arcname=name)
                    (folder / name).unlink()  # so that the disk holds it once
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError as error:
        raise disk_error(error, target) from error
    return replace(manifest, parts=parts)


def read(source: Path, folder: Path) -> Manifest:
    """Lay the parts into `folder` and return the manifest.

    Raises `PlatformError` for a file that is no backup, is damaged, or holds anything that leads out of its
    folder; then nothing of it was used.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            members = tarballs.members(archive, where=str(source))
            manifest = _manifest(archive, next(members, None), source)
            laid = {_lay(archive, member, manifest, folder, source) for member in members}
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(source, f"it is no tar, or was cut short ({error})") from error
    except OSError as error:
        raise PlatformError(f"cannot be read: {error.strerror}", where=str(source)) from error
    for name in manifest.parts:
        if name not in laid:
            raise _damaged(source, f"{name} is missing")
        try:
            _check_part(folder / name, f"{source}: {name}")
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise _damaged(source, f"{name} is no compressed tar ({error})") from error
    return manifest


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None, source: Path) -> Manifest:
    stream = archive.extractfile(member) if member and member.name == _MANIFEST else None
    if member is None or stream is None or member.size > _MOST_MANIFEST_BYTES:
        raise _foreign(source, "it does not begin with a manifest")
    try:
        document = json.loads(stream.read())
        if document.pop("format") != _FORMAT:
            raise _foreign(source, "it has another format")
        parts = {name: Part(**entry) for name, entry in document.pop("parts").items()}
        return Manifest(**{**document, "secrets": tuple(document["secrets"])}, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _foreign(source, f"its manifest cannot be read ({error})") from error


def _lay(
    archive: tarfile.TarFile, member: tarfile.TarInfo, manifest: Manifest, folder: Path, source: Path
) -> str:
    stated, stream = manifest.parts.get(member.name), archive.extractfile(member)
    if stated is None or stream is None:
        raise _foreign(source, f"its manifest does not name {member.name!r}")
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(stream, file)
    if Part(bytes=target.stat().st_size, sha256=_digest(target)) != stated:
        raise _damaged(source, f"{member.name} is not what was written")
    return member.name


def _check_part(path: Path, where: str) -> None:
    with tarfile.open(path, "r|gz") as part:
        for _ in tarballs.members(part, where=where):
            pass


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _foreign(source: Path, why: str) -> PlatformError:
    return PlatformError(f"this is no backup of platformctl: {why}", where=str(source))


def _damaged(source: Path, why: str) -> PlatformError:
    return PlatformError(f"this backup is damaged: {why}", where=str(source), fix="take another backup")
