"""Which package manager a project uses, and the workspace that it is a part of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.nextjs.app import PackageManager
from platformctl.scaffold.nextjs.packages import Packages, document_of

_LOCKS: Final[Mapping[str, str]] = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
# name: install, install what the lock file says, run a script, run a program
_COMMANDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "npm": ("npm install", "npm ci", "npm run", "npx"),
    "pnpm": ("pnpm install", "pnpm install --frozen-lockfile", "pnpm run", "pnpm exec"),
    "yarn": ("yarn install", "yarn install --immutable", "yarn run", "yarn run"),
    "yarn-classic": ("yarn install", "yarn install --frozen-lockfile", "yarn run", "yarn -s run"),
    "bun": ("bun install", "bun install --frozen-lockfile", "bun run", "bunx"),
}
_LOCK_OF: Final = {
    "npm": "package-lock.json",
    "pnpm": "pnpm-lock.yaml",
    "yarn": "yarn.lock",
    "bun": "bun.lock",
}


@dataclass(frozen=True, kw_only=True)
class Managed:
    """The package manager, where that was read, and the lock files of others."""

    manager: PackageManager
    source: str
    warnings: tuple[str, ...] = ()


def find_manager(packages: Packages) -> Managed:
    """The package manager by what package.json says, then by the lock file, then by other traces."""
    folders = [packages.root, *([packages.workspace] if packages.workspace else [])]
    locks = [folder / name for folder in folders for name in _LOCKS if (folder / name).is_file()]
    names = sorted({_LOCKS[lock.name] for lock in locks})
    warnings = (
        [f"lock files of {' and '.join(names)}: delete those that are not in use"] if len(names) > 1 else []
    )
    name, version, source = next(_candidates(packages, folders, locks))
    flavour = name
    lock = next((lock for lock in locks if _LOCKS[lock.name] == name), None)
    if name == "yarn" and _is_classic(version, lock, folders):
        flavour = "yarn-classic"
    install, frozen, run, execute = _COMMANDS[flavour]
    manager = PackageManager(
        name=name,
        flavour=flavour,
        install=install,
        frozen=frozen,
        run=run,
        exec=execute,
        add=f"{name} {'install' if name == 'npm' else 'add'}",
        lock=lock.name if lock else _LOCK_OF[name],
        locked=lock is not None,
    )
    return Managed(manager=manager, source=source, warnings=tuple(warnings))


def _candidates(packages: Packages, folders: list[Path], locks: list[Path]) -> Iterator[tuple[str, str, str]]:
    """(name, version, where it was read), the surest first."""
    for folder in folders:
        package = packages.document if folder == packages.root else document_of(folder)
        where = "package.json" if folder == packages.root else f"package.json of {folder}"
        for key, text in (
            ("packageManager", package.get("packageManager")),
            ("devEngines", _dev_engine(package.get("devEngines"))),
        ):
            name, _, version = str(text or "").partition("@")
            if name in _LOCK_OF:
                yield name, version, f"{key} in {where}"
    yield from ((_LOCKS[lock.name], "", lock.name) for lock in locks)
    for mark, name in (("pnpm-workspace.yaml", "pnpm"), (".yarnrc.yml", "yarn"), ("bunfig.toml", "bun")):
        if any((folder / mark).is_file() for folder in folders):
            yield name, "", mark
    yield "npm", "", "nothing says another"


def _dev_engine(engines: JsonValue) -> str:
    manager = engines.get("packageManager") if isinstance(engines, dict) else None
    if not isinstance(manager, dict):
        return ""
    return f"{manager.get('name', '')}@{manager.get('version', '')}"


def _is_classic(version: str, lock: Path | None, folders: list[Path]) -> bool:
    """Yarn 1 takes other options than its successors."""
    if version:
        return version.startswith("1.")
    if any((folder / ".yarnrc.yml").is_file() for folder in folders):
        return False
    if lock is None:
        return False
    with lock.open(encoding="utf-8", errors="replace") as text:
        return "yarn lockfile v1" in text.read(400)


def node_of(text: str) -> int | None:
    """The major version that a text such as `v22.1`, `>=20 <23` or `lts/jod` asks for."""
    for name, major in (("iron", 20), ("jod", 22), ("krypton", 24)):
        if f"lts/{name}" in text.lower():
            return major
    found = re.search(r"\d+", text)
    return int(found.group()) if found else None
