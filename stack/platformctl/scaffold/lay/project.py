"""The project as its owner sees it: reads that never leave it, with what we laid down taken out of sight."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
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
    """Reads of the project without what is ours: a second run must find what the first one found.

    The project is taken as it was when it was looked at first: nothing is read twice.
    """

    root: Path
    manifest: Manifest
    _texts: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: str) -> str | None:
        """The owner's text of a file; None when it is missing, ours, unreadable or huge."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        place, shared = self.root / path, self.manifest.shared_record(path)
        made = self.manifest.record(path) is not None or (shared is not None and shared.made_file)
        if made or not place.is_file():
            return None
        try:
            with place.open("rb") as file:
                content = file.read(_LARGEST + 1)
            text = content.decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        if len(content) > _LARGEST:
            return None
        return strip(text, shared.made) if shared else text

    def exists(self, path: str) -> bool:
        """Whether the owner has a file or folder of that name."""
        place = self.root / path
        if place.is_dir():
            return any(True for _ in self.files(under=path))
        return self.manifest.record(path) is None and place.is_file()

    def files(self, *, under: str = "") -> Iterator[str]:
        """Paths of the owner's files, in order, without build output and installed packages."""
        start = f"{under}/" if under else ""
        return (path for path in self._paths if path.startswith(start))

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        found = list[str]()
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in SKIPPED)
            place = posixpath.relpath(Path(folder).as_posix(), self.root.as_posix())
            start = "" if place == "." else f"{place}/"
            found += [start + name for name in sorted(names)]
        return tuple(path for path in found if self.manifest.record(path) is None)
