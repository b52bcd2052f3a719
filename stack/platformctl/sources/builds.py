"""Build contexts of our own services: a folder of ``compose/`` with a Dockerfile, and the sources it vendors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import platform_telemetry
from platformctl.model.artifact import Artifact

_LEFT_OUT: Final = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", "tests"})


def load_builds(folder: Path) -> Iterator[Artifact]:
    """The files of one build context below ``build/<folder>/``, with platform_telemetry's sources in ``vendor/``."""
    target = f"build/{folder.name}"
    yield from _tree(folder, target)
    package = Path(platform_telemetry.__file__).parent
    yield from _tree(package, f"{target}/vendor/platform_telemetry")


def _tree(folder: Path, target: str) -> Iterator[Artifact]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not _LEFT_OUT & set(inside.parts) and path.suffix != ".pyc":
            yield Artifact(f"{target}/{inside.as_posix()}", path.read_bytes())
