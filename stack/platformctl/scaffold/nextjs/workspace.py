"""The workspace that an application is a part of, and the packages beside it, whose sources its imports may lead to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.nextjs.packages import document_of, yaml_document

_ENTRY_FIELDS: Final = ("types", "typings", "source", "module", "main")
_MOST: Final = 300
_FARTHEST: Final = 5


def find_workspace(root: Path) -> Path | None:
    """The folder above whose workspaces include the application; None when it stands alone."""
    for folder in list(root.parents)[:_FARTHEST]:
        if any(_matches(pattern, root.relative_to(folder).as_posix()) for pattern in _patterns(folder)):
            return folder
        if (folder / ".git").exists():
            return None
    return None


def find_repository(root: Path, workspace: Path | None) -> Path:
    """The folder that pipelines are read from: git's, or else the workspace's, or the application's own."""
    near = [root, *list(root.parents)[:_FARTHEST]]
    return next((folder for folder in near if (folder / ".git").exists()), workspace or root)


def neighbours(root: Path, workspace: Path | None) -> Mapping[str, str]:
    """Name to folder, relative to the application, of each package of its workspace."""
    top = workspace or root
    found: dict[str, str] = {}
    for pattern in _patterns(top):
        if pattern.startswith("!") or len(found) >= _MOST:
            continue
        for place in sorted(top.glob(f"{pattern.removeprefix('./').rstrip('/')}/package.json")):
            name = document_of(place.parent).get("name")
            if isinstance(name, str) and place.parent != root and "node_modules" not in place.parts:
                found[name] = posixpath.relpath(place.parent, root)
    return found


def entries(root: Path, folder: str, rest: str) -> Iterator[str]:
    """Where the sources of `package/rest` may stand, the likeliest first: what is built has sources."""
    document = document_of(root / folder)
    exported = document.get("exports")
    named = [exported] if isinstance(exported, str) and not rest else []
    if isinstance(exported, dict):
        named += [*_exported(exported, f"./{rest}" if rest else ".")]
    if not rest:
        named += [text for field in _ENTRY_FIELDS if isinstance(text := document.get(field), str)]
    for text in named:
        if not text.startswith(("./dist/", "dist/", "./build/", "build/")):
            yield posixpath.normpath(posixpath.join(folder, text))
    for guess in (f"src/{rest or 'index'}", rest or "index"):
        yield posixpath.normpath(posixpath.join(folder, guess))


def _exported(exports: Mapping[str, JsonValue], wanted: str) -> Iterator[str]:
    for key, value in exports.items():
        start, star, end = key.partition("*")
        if key == wanted:
            yield from _conditions(value)
        elif star and wanted.startswith(start) and wanted.endswith(end):
            matched = wanted[len(start) : len(wanted) - len(end)]
            yield from (text.replace("*", matched) for text in _conditions(value))


def _conditions(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from _conditions(inner)


def _patterns(folder: Path) -> list[str]:
    pnpm = yaml_document(folder / "pnpm-workspace.yaml").get("packages")
    own = document_of(folder).get("workspaces")
    named = own.get("packages") if isinstance(own, dict) else own
    return [str(item) for found in (pnpm, named) if isinstance(found, list) for item in found]


def _matches(pattern: str, path: str) -> bool:
    """Whether a workspace pattern such as `apps/*` or `**` means a folder."""
    cleaned = posixpath.normpath(pattern.removeprefix("./"))
    if pattern.startswith("!"):
        return False
    if "**" in cleaned:
        start = cleaned.split("**", 1)[0]
        return path.startswith(start)
    return PurePosixPath(path).match(cleaned) and path.count("/") == cleaned.count("/")
