"""Packages that are ES modules only: Jest loads them once it is told to compile them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from platformctl.scaffold.lay.jsonc import JsonValue

_NOT_COMPILED: Final = re.compile(
    r"Must use import to load ES Module|Cannot use import statement|Unexpected token 'export'"
)
_PACKAGE: Final = re.compile(
    r"(?:Must use import to load ES Module: |Details:\s+)(\S*/node_modules/((?:@[^/\s]+/)?[^/\s]+))/"
)
_NEVER: Final = frozenset({"jest-runtime", "jest-circus", "next"})
_MOST: Final = 600


def stumbled_over(reasons: Iterable[str]) -> Mapping[str, Path]:
    """Package to folder of what Jest could not load for being an ES module, read from its messages."""
    text = "\n".join(reasons)
    if not _NOT_COMPILED.search(text):
        return {}
    return {name: Path(folder) for folder, name in _PACKAGE.findall(text) if name not in _NEVER}


def with_dependencies(packages: Mapping[str, Path]) -> frozenset[str]:
    """These packages, and all that they depend on that are ES modules only: Jest names one at a time."""
    found, pending = set(packages), list(packages.values())
    seen = set[Path]()
    while pending and len(seen) < _MOST:
        folder = pending.pop().resolve()
        if folder in seen:
            continue
        seen.add(folder)
        document = _package(folder)
        if _is_esm_only(document):
            found.add(str(document.get("name") or folder.name))
        pending.extend(_dependencies(folder, document))
    return frozenset(found)


def _dependencies(folder: Path, document: Mapping[str, JsonValue]) -> Iterator[Path]:
    """Where Node would find each dependency of a package: the nearest node_modules that has it."""
    named = document.get("dependencies")
    for name in named if isinstance(named, dict) else ():
        places = (up / "node_modules" / name for up in (folder, *folder.parents) if up.name != "node_modules")
        place = next((place for place in places if (place / "package.json").is_file()), None)
        if place is not None:
            yield place


def _is_esm_only(document: Mapping[str, JsonValue]) -> bool:
    if document.get("type") != "module":
        return False
    return '"require"' not in json.dumps(document.get("exports")) and not str(document.get("main")).endswith(
        ".cjs"
    )


def _package(folder: Path) -> Mapping[str, JsonValue]:
    try:
        found = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
