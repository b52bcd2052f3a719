"""Find out about a Next.js application. Every fact says where it was read; what isn't one is refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay import jsonc
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.app import App, Fact, PackageManager
from platformctl.scaffold.nextjs.source import Alias, Sources
from platformctl.scaffold.nextjs.tenancy import find_cookie, find_header, find_provider

_LOCKS: Final[Mapping[str, str]] = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
}
_MANAGERS: Final = {
    "npm": ("npm install", "npm ci", "npm run", "npx", "package-lock.json"),
    "pnpm": ("pnpm install", "pnpm install --frozen-lockfile", "pnpm run", "pnpm exec", "pnpm-lock.yaml"),
    "yarn": ("yarn install", "yarn install --immutable", "yarn run", "yarn exec", "yarn.lock"),
    "bun": ("bun install", "bun install --frozen-lockfile", "bun run", "bunx", "bun.lock"),
}
_RUNNERS: Final = ("jest.config", "vitest.config", "playwright.config", "cypress.config")
_OPENAPI: Final = re.compile(r"(^|/)(openapi|swagger|api-schema)[\w.-]*\.json$", re.IGNORECASE)
_NO_SOURCES: Final = frozenset(
    {"public", "scripts", "prisma", "docs", "e2e", "tests", "test", "cypress", "node"}
)


@dataclass
class _Facts:
    facts: list[Fact] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, name: str, value: str, source: str) -> str:
        self.facts.append(Fact(name=name, value=value, source=source))
        return value


def detect(view: OwnersView, *, node_here: str, openapi: str | None = None) -> App:
    """Read the application; `node_here` is the machine's Node, used when the project names none."""
    package = _package(view)
    notes = _Facts()
    next_version = _installed(package, "next")
    _refuse(view, package, next_version)
    manager, workspace = _manager(view, package, notes)
    src = "src/" if view.exists("src/app") or view.exists("src/pages") else ""
    aliases, module_paths = _aliases(view)
    sources = Sources(view=view, aliases=aliases)
    pages = routes.page_paths(sources, src)
    config = _next_config(view)
    found_routers = routes.routers(sources, src)
    if not found_routers:
        raise PlatformError("No app or pages folder: there is nothing to test", where=str(view.root))
    for name, value, source in (
        ("next", next_version, "package.json"),
        ("react", _installed(package, "react"), "package.json"),
        ("router", " and ".join(found_routers), f"{src}{found_routers[0]}/"),
        ("aliases", ", ".join(f"{a.prefix}* -> {a.target}" for a in aliases) or "none", "tsconfig.json"),
        ("pages", str(len(pages)), f"{src}{found_routers[0]}/"),
    ):
        notes.note(name, value, source)
    contract = openapi or _openapi(view)
    header = find_header(sources, src, contract)
    provider = find_provider(sources, _source_folders(view, src))
    for name, found in (("OpenAPI document", contract), ("provider", provider.name if provider else None)):
        notes.note(
            name, found or "none found", provider.file if name == "provider" and provider else found or "-"
        )
    notes.note("tenant header", header[0] if header else "none found", header[1] if header else "-")
    return App(
        name=str(package.get("name") or view.root.name),
        next_version=next_version,
        react_major=_major(_installed(package, "react")) or 19,
        node_major=_node(view, package, node_here, notes),
        manager=manager,
        workspace=workspace,
        routers=found_routers,
        src=src,
        aliases=aliases,
        module_paths=module_paths,
        sources=_source_folders(view, src),
        pages=tuple(path for path in pages if not routes.is_dynamic(path)),
        dynamic_pages=tuple(path for path in pages if routes.is_dynamic(path)),
        api_routes=tuple(routes.api_routes(sources, src)),
        proxy=routes.proxy(sources, src),
        openapi=contract,
        tenant_header=header[0] if header else None,
        session_cookie=find_cookie(sources, src),
        provider=provider,
        runners=_runners(view, package, notes),
        eslint=_eslint(view),
        prettier=any(name.startswith((".prettierrc", "prettier.config")) for name in _top(view)),
        output=_match(config, r"""output:\s*["'](\w+)"""),
        base_path=_match(config, r"""basePath:\s*["']([^"']+)""") or "",
        facts=tuple(notes.facts),
        warnings=tuple(notes.warnings),
    )


def _package(view: OwnersView) -> Mapping[str, JsonValue]:
    text = view.read("package.json")
    if text is None:
        raise PlatformError(
            "There is no package.json: this is not a Next.js application",
            where=str(view.root),
            fix="platformctl scaffold-tests DIR   # the folder that holds the application's package.json",
        )
    document = jsonc.parse(text, where="package.json").value
    if not isinstance(document, dict):
        raise PlatformError("package.json holds no object", where=str(view.root / "package.json"))
    return document


def _refuse(view: OwnersView, package: Mapping[str, JsonValue], next_version: str) -> None:
    where = str(view.root / "package.json")
    if not next_version:
        folders = sorted({posixpath.dirname(path) for path in view.files() if path.endswith("/package.json")})
        apps = [folder for folder in folders if '"next"' in (view.read(f"{folder}/package.json") or "")]
        fix = f"platformctl scaffold-tests {view.root / apps[0]}" if apps else None
        raise PlatformError(
            "next is not among the dependencies: no Next.js application", where=where, fix=fix
        )
    if not view.exists("tsconfig.json"):
        raise PlatformError(
            "There is no tsconfig.json: the framework is TypeScript",
            where=str(view.root),
            fix="touch tsconfig.json && npx next dev   # Next.js fills it in",
        )
    for name, least in (("next", 13), ("react", 18), ("jest", 29)):
        version = _installed(package, name)
        major = _major(version)
        if major is not None and major < least:
            raise PlatformError(f"{name} {version} is too old: {least} or newer is needed", where=where)


def _installed(package: Mapping[str, JsonValue], name: str) -> str:
    """The version that package.json asks for, without its operator; empty when it doesn't."""
    for block in ("dependencies", "devDependencies", "peerDependencies"):
        found = package.get(block)
        if isinstance(found, dict) and isinstance(found.get(name), str):
            text = str(found[name])
            number = re.search(r"\d+(?:\.\d+)*", text)
            return number.group() if number else "16" if name == "next" else text
    return ""


def _major(version: str) -> int | None:
    found = re.match(r"\d+", version)
    return int(found.group()) if found else None


def _manager(
    view: OwnersView, package: Mapping[str, JsonValue], notes: _Facts
) -> tuple[PackageManager, str | None]:
    folders = [view.root, *list(view.root.parents)[:4]]
    root = next((f for f in folders[1:] if (f / "pnpm-workspace.yaml").is_file() or _workspaces(f)), None)
    found = [lock for lock in _LOCKS if (view.root / lock).is_file() or (root and (root / lock).is_file())]
    names = sorted({_LOCKS[lock] for lock in found})
    if len(names) > 1:
        notes.warnings.append(f"lock files of {' and '.join(names)}: delete those that are not in use")
    field_text = str(package.get("packageManager") or "")
    name = field_text.split("@")[0]
    source = "packageManager in package.json"
    if name not in _MANAGERS:
        name, source = (names[0], found[0]) if names else ("npm", "nothing says another")
    notes.note("package manager", name, source)
    workspace = posixpath.relpath(view.root, root) if root else None
    if workspace:
        notes.note("workspace", workspace, str(root))
    install, frozen, run, execute, lock = _MANAGERS[name]
    manager = PackageManager(name=name, install=install, frozen=frozen, run=run, exec=execute, lock=lock)
    return manager, workspace


def _workspaces(folder: Path) -> bool:
    package = folder / "package.json"
    return package.is_file() and '"workspaces"' in package.read_text(encoding="utf-8", errors="replace")


def _node(view: OwnersView, package: Mapping[str, JsonValue], here: str, notes: _Facts) -> int:
    for source, text in _node_sources(view, package):
        found = re.search(r"\d+", text)
        if found:
            return int(notes.note("node", found.group(), source))
    found = re.search(r"\d+", here)
    return int(notes.note("node", found.group() if found else "20", "node --version" if found else "assumed"))


def _node_sources(view: OwnersView, package: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for name in (".nvmrc", ".node-version"):
        yield name, view.read(name) or ""
    for name, key in (("volta", "node"), ("engines", "node")):
        block = package.get(name)
        yield f"{name}.{key} in package.json", str(block.get(key) or "") if isinstance(block, dict) else ""
    yield "Dockerfile", _match(view.read("Dockerfile") or "", r"FROM\s+\S*node:(\d+)") or ""


def _aliases(view: OwnersView) -> tuple[tuple[Alias, ...], tuple[str, ...]]:
    """tsconfig's paths and baseUrl, following `extends` inside the project."""
    path: str | None = "tsconfig.json"
    paths: Mapping[str, JsonValue] = {}
    base: str | None = None
    holder = ""
    for _ in range(4):
        text = view.read(path) if path else None
        if text is None or path is None:
            break
        document = jsonc.parse(text, where=path).value
        options = document.get("compilerOptions") if isinstance(document, dict) else None
        folder = posixpath.dirname(path)
        if isinstance(options, dict):
            if base is None and isinstance(options.get("baseUrl"), str):
                base = posixpath.normpath(posixpath.join(folder, str(options["baseUrl"])))
            found = options.get("paths")
            if not paths and isinstance(found, dict):
                paths, holder = found, folder
        parent = document.get("extends") if isinstance(document, dict) else None
        path = posixpath.normpath(posixpath.join(folder, parent)) if isinstance(parent, str) else None
    aliases = tuple(alias for key, targets in paths.items() for alias in _alias(key, targets, base or holder))
    return aliases, ((base,) if base is not None else ())


def _alias(key: str, targets: JsonValue, base: str) -> Iterator[Alias]:
    first = targets[0] if isinstance(targets, list) and targets else None
    if not isinstance(first, str):
        return
    target = posixpath.normpath(posixpath.join(base, first.removesuffix("*")))
    yield Alias(prefix=key.removesuffix("*"), target=target, exact=not key.endswith("*"))


def _top(view: OwnersView) -> list[str]:
    return sorted(path.name for path in view.root.iterdir())


def _next_config(view: OwnersView) -> str:
    names = ("next.config.ts", "next.config.mjs", "next.config.js")
    return next((text for name in names if (text := view.read(name)) is not None), "")


def _match(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text)
    return found.group(1) if found else None


def _openapi(view: OwnersView) -> str | None:
    found = [path for path in view.files() if _OPENAPI.search(path) and '"paths"' in (view.read(path) or "")]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def _source_folders(view: OwnersView, src: str) -> tuple[str, ...]:
    if src:
        return ("src",)
    found = {path.split("/")[0] for path in view.files() if path.endswith((".ts", ".tsx")) and "/" in path}
    return tuple(sorted(name for name in found if name not in _NO_SOURCES and not name.startswith(".")))


def _runners(view: OwnersView, package: Mapping[str, JsonValue], notes: _Facts) -> tuple[str, ...]:
    found = [name for name in _top(view) if name.startswith(_RUNNERS) and view.exists(name)]
    if "jest" in package:
        found.append("jest in package.json")
    if found:
        notes.note("test runners there already", ", ".join(found), "the application's folder")
    return tuple(found)


def _eslint(view: OwnersView) -> str | None:
    return next(
        (name for name in _top(view) if name.startswith(("eslint.config.", ".eslintrc", "biome.json"))), None
    )
