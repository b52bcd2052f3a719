"""Build contexts of our own services: a folder of ``compose/`` with a Dockerfile, and the sources it vendors."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model.artifact import Artifact

_LEFT_OUT: Final = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", "tests"})
_VENDORED: Final = "vendor.txt"


def load_builds(folder: Path) -> Iterator[Artifact]:
    """The files of one build context below ``build/<folder>/``.

    Packages that its ``vendor.txt`` names, one a line, come along as sources in ``vendor/``.
    """
    target = f"build/{folder.name}"
    yield from _tree(folder, target)
    listed = folder / _VENDORED
    for name in listed.read_text().split() if listed.is_file() else ():
        yield from _tree(_sources(name, listed), f"{target}/vendor/{name}")


def _sources(package: str, listed: Path) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise DefinitionError(
            f"the package {package!r} is not installed", where=str(listed), fix=f"pip install {package}"
        )
    return Path(spec.origin).parent


def _tree(folder: Path, target: str) -> Iterator[Artifact]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not _LEFT_OUT & set(inside.parts) and path.suffix != ".pyc":
            yield Artifact(f"{target}/{inside.as_posix()}", path.read_bytes())
