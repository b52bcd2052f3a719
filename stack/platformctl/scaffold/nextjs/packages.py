"""What a project's package.json asks for: read once, with catalogs and what is installed followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from platformctl.errors import PlatformError
from platformctl.scaffold.lay import jsonc
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.project import OwnersView

_BLOCKS: Final = ("dependencies", "devDependencies", "peerDependencies")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")
# A range that says little about what is really there.
_OPEN: Final = re.compile(r"\|\||>|\*|\bx\b")

Version = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Packages:
    """package.json of the application, and the folder of the workspace that it belongs to."""

    root: Path
    document: Mapping[str, JsonValue]
    workspace: Path | None = None

    def asked(self, name: str) -> str | None:
        """The version as package.json writes it; None when the package isn't named."""
        for block in _BLOCKS:
            found = self.document.get(block)
            if isinstance(found, dict) and isinstance(found.get(name), str):
                return str(found[name])
        return None

    def has(self, name: str) -> bool:
        """Whether package.json, or that of the workspace's root, names the package."""
        return self.asked(name) is not None or name in _named(document_of(self.workspace))

    def naming(self, name: str) -> Packages:
        """Those that name a package: the application's own, else those of its workspace's root."""
        if self.workspace is None or self.asked(name) is not None:
            return self
        return Packages(root=self.workspace, document=document_of(self.workspace))

    def version(self, name: str) -> str | None:
        """The number of the version that is asked for, else of the one installed; None when not asked for."""
        asked = self.asked(name)
        if asked is None:
            return None
        if asked.startswith("catalog:"):
            asked = self._in_catalog(name, asked.removeprefix("catalog:")) or asked
        if _OPEN.search(asked) or not _plain(asked):
            asked = self.installed(name) or asked
        found = _NUMBER.search(_plain(asked))
        return found.group() if found else ""

    def major(self, name: str) -> int | None:
        """The major version; None when the package isn't asked for, or nothing tells its version."""
        version = self.version(name)
        return int(version.split(".")[0]) if version else None

    def installed(self, name: str) -> str | None:
        """The version in node_modules, of the application or of its workspace."""
        for folder in self.folders():
            found = document_of(folder / "node_modules" / name).get("version")
            if isinstance(found, str):
                return found
        return None

    def folders(self) -> tuple[Path, ...]:
        """Where packages may be installed: the application's folder and those above it in its workspace."""
        if self.workspace is None:
            return (self.root,)
        between = [f for f in self.root.parents if f.is_relative_to(self.workspace)]
        return (self.root, *between)

    def program(self, name: str) -> Path | None:
        """An installed program; None when there is none."""
        places = (folder / "node_modules" / ".bin" / name for folder in self.folders())
        return next((place for place in places if place.exists()), None)

    @property
    def are_installed(self) -> bool:
        """Whether packages were installed at all: as folders, or in yarn's one file."""
        marks = ("node_modules", ".pnp.cjs")
        return any((folder / mark).exists() for folder in self.folders() for mark in marks)

    @property
    def plug_and_play(self) -> bool:
        """Whether yarn keeps packages in archives: programs are then run through yarn alone."""
        return any((folder / ".pnp.cjs").exists() for folder in self.folders())

    def _in_catalog(self, name: str, catalog: str) -> str | None:
        for document in self._catalog_files():
            found = document.get("catalog") if catalog in {"", "default"} else None
            named = document.get("catalogs")
            if found is None and isinstance(named, dict):
                found = named.get(catalog or "default")
            if isinstance(found, dict) and isinstance(found.get(name), str):
                return str(found[name])
        return None

    def _catalog_files(self) -> Iterator[Mapping[str, JsonValue]]:
        """pnpm and yarn keep catalogs in YAML, bun in the root's package.json."""
        folder = self.workspace or self.root
        for name in ("pnpm-workspace.yaml", ".yarnrc.yml"):
            yield yaml_document(folder / name)
        package = document_of(folder)
        yield package
        workspaces = package.get("workspaces")
        yield workspaces if isinstance(workspaces, dict) else {}


def read_packages(view: OwnersView, workspace: Path | None) -> Packages:
    """The application's package.json as its owner wrote it; raises PlatformError when there is none."""
    text = view.read("package.json")
    if text is None:
        nx = (view.root / "project.json").is_file()
        raise PlatformError(
            "There is no package.json" + (": an Nx project without packages of its own" if nx else ""),
            where=str(view.root),
            fix="platformctl scaffold-tests DIR   # the folder that holds the Next.js application's package.json",
        )
    document = jsonc.parse(text, where="package.json").value
    if not isinstance(document, dict):
        raise PlatformError("package.json holds no object", where=str(view.root / "package.json"))
    return Packages(root=view.root, document=document, workspace=workspace)


def as_version(text: str) -> Version:
    """A version's numbers, for comparing."""
    found = _NUMBER.search(text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def yaml_document(path: Path) -> Mapping[str, JsonValue]:
    """A YAML file's mapping; empty when there is none, or it is something else."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def document_of(folder: Path | None) -> Mapping[str, JsonValue]:
    """A folder's package.json; empty when there is none that can be read."""
    if folder is None:
        return {}
    try:
        found = jsonc.parse((folder / "package.json").read_text(encoding="utf-8")).value
    except (OSError, ValueError, PlatformError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(document: Mapping[str, JsonValue]) -> set[str]:
    blocks = (document.get(block) for block in _BLOCKS)
    return {name for block in blocks if isinstance(block, dict) for name in block}


def _plain(asked: str) -> str:
    """The part of a specifier that can hold a version: `npm:other@1.2` holds 1.2, `latest` and a link nothing."""
    if asked.startswith(("file:", "link:", "workspace:", "git", "http", "catalog:", "patch:")):
        return ""
    return asked.rsplit("@", 1)[-1] if asked.startswith("npm:") else asked if _NUMBER.search(asked) else ""
