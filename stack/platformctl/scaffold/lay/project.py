"""The project as its owner sees it: reads that never leave it, with what we laid down taken out of sight."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.manifest import Manifest, load, manifest_path, safe_path
from platformctl.scaffold.lay.shared import strip

SKIPPED: Final = frozenset(
    {"node_modules", ".git", ".next", ".turbo", ".platformctl", "dist", "out", "build", "coverage", ".venv"}
)
_LARGEST: Final = 2_000_000


def inside(root: Path, path: str) -> Path:
    """The place of a path on disk; PlatformError when a link on the way leads elsewhere."""
    place = root / safe_path(path)
    folder = place.parent
    while folder != root:
        if folder.is_symlink():
            raise PlatformError(
                "A link stands in the way", where=str(folder), fix="replace it by a real folder"
            )
        folder = folder.parent
    if place.is_symlink():
        raise PlatformError("A link stands where a file is to be written", where=str(place))
    return place


def read_text(root: Path, path: str) -> str | None:
    """A file's text with its line endings as they are; None when it is missing."""
    place = inside(root, path)
    try:
        return place.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise PlatformError("The file is not UTF-8 text", where=str(place)) from None


def read_manifest(root: Path, name: str) -> Manifest:
    """What a command laid into this project so far."""
    return load(name, read_text(root, manifest_path(name)))


@dataclass(frozen=True, kw_only=True)
class OwnersView:
    """Reads of the project without what is ours: a second run must find what the first one found."""

    root: Path
    manifest: Manifest

    def read(self, path: str) -> str | None:
        """The owner's text of a file; None when it is missing, ours, unreadable or huge."""
        place = self.root / path
        if self.manifest.record(path) is not None or not place.is_file() or place.stat().st_size > _LARGEST:
            return None
        shared = self.manifest.shared_record(path)
        if shared is not None and shared.made_file:
            return None
        try:
            text = place.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            return None
        return strip(text, shared.made) if shared else text

    def exists(self, path: str) -> bool:
        """Whether the owner has a file or folder of that name."""
        place = self.root / path
        if place.is_dir():
            return any(True for _ in self.files(under=path))
        return self.manifest.record(path) is None and place.is_file()

    def files(self, *, under: str = "") -> Iterator[str]:
        """Paths of the owner's files, sorted, without build output and installed packages."""
        ours = {record.path for record in self.manifest.files}
        for folder, folders, names in os.walk(self.root / under):
            folders[:] = sorted(name for name in folders if name not in SKIPPED)
            for name in sorted(names):
                path = (Path(folder) / name).relative_to(self.root).as_posix()
                if path not in ours:
                    yield path
