"""Find out about a Next.js application. Every fact says where it was read; what isn't one is refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.app import App, Fact, PackageManager
from platformctl.scaffold.nextjs.managers import find_manager, node_of
from platformctl.scaffold.nextjs.packages import Packages, as_version, read_packages
from platformctl.scaffold.nextjs.source import Sources
from platformctl.scaffold.nextjs.tenancy import find_cookie, find_header, find_provider
from platformctl.scaffold.nextjs.tsconfig import read_tsconfig
from platformctl.scaffold.nextjs.versions import lint_refusal, types_refusal
from platformctl.scaffold.nextjs.workspace import find_repository, find_workspace, neighbours

_NEWEST: Final = "16"
_OLDEST_NODE: Final = 20
_OLDEST: Final = {
    "next": "13",
    "react": "18",
    "jest": "29",
    "@testing-library/react": "13.1",
    "@testing-library/user-event": "14",
    "@testing-library/jest-dom": "5.16",
    "msw": "2",
    "@playwright/test": "1.45",
}
_LINTERS: Final = ("eslint.config.", ".eslintrc", "biome.json")
_RUNNERS: Final = ("jest.config", "vitest.config", "playwright.config", "cypress.config")
_OPENAPI: Final = re.compile(r"(^|/)(openapi|swagger|api-schema)[\w.-]*\.(json|ya?ml)$", re.IGNORECASE)
_NOT_THE_CONTRACT: Final = re.compile(r"(^|/)(__\w+__|tests?|fixtures|mocks?|e2e|examples?)/")
_PATHS: Final = re.compile(r"""^paths:|["']paths["']""", re.MULTILINE)
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
    workspace = find_workspace(view.root)
    repository = find_repository(view.root, workspace)
    packages = read_packages(view, workspace)
    _refuse(view, packages)
    notes = _Facts()
    next_version = packages.version("next") or _NEWEST
    react_version = packages.version("react") or ""
    manager = _manager(packages, notes)
    src = "src/" if view.exists("src/app") or view.exists("src/pages") else ""
    tsconfig = read_tsconfig(view)
    aliases = tsconfig.aliases
    sources = Sources(
        view=view,
        aliases=aliases,
        module_paths=tsconfig.module_paths,
        neighbours=neighbours(view.root, workspace),
    )
    pages = routes.page_paths(sources, src)
    config = _next_config(view)
    found_routers = routes.routers(sources, src)
    if not found_routers:
        raise PlatformError("No app or pages folder: there is nothing to test", where=str(view.root))
    for name, value, source in (
        ("next", next_version, "package.json"),
        ("react", react_version or "unknown", "package.json"),
        ("router", " and ".join(found_routers), f"{src}{found_routers[0]}/"),
        (
            "aliases",
            ", ".join(f"{a.prefix}{'' if a.exact else '*'} -> {a.target}" for a in aliases) or "none",
            "tsconfig.json",
        ),
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
        name=str(packages.document.get("name") or view.root.name),
        next_version=next_version,
        react_major=packages.major("react") or 19,
        node_major=_node(view, packages, node_here, notes),
        manager=manager,
        packages=packages,
        place=posixpath.relpath(view.root, repository),
        lock_place=posixpath.relpath(workspace or view.root, repository),
        routers=found_routers,
        src=src,
        aliases=aliases,
        module_paths=tsconfig.module_paths,
        sources=_source_folders(view, src),
        pages=tuple(path for path in pages if not routes.is_dynamic(path)),
        dynamic_pages=tuple(path for path in pages if routes.is_dynamic(path)),
        api_routes=tuple(routes.api_routes(sources, src)),
        proxy=routes.proxy(sources, src),
        openapi=contract,
        tenant_header=header[0] if header else None,
        session_cookie=find_cookie(sources, src),
        provider=provider,
        runners=_runners(view, packages, notes),
        linters=_linters(view, packages),
        prettier=any(name.startswith((".prettierrc", "prettier.config")) for name in _top(view)),
        output=_match(config, r"""output:\s*["'](\w+)"""),
        base_path=_match(config, r"""basePath:\s*["']([^"']+)""") or "",
        facts=tuple(notes.facts),
        warnings=tuple(notes.warnings),
    )


def _refuse(view: OwnersView, packages: Packages) -> None:
    """What can't be tested is said at once, with what would help."""
    where = str(view.root / "package.json")
    if packages.asked("next") is None:
        folders = sorted({posixpath.dirname(path) for path in view.files() if path.endswith("/package.json")})
        apps = [folder for folder in folders if '"next"' in (view.read(f"{folder}/package.json") or "")]
        fix = f"platformctl scaffold-tests {view.root / apps[0]}" if apps else None
        raise PlatformError(
            "next is not among the dependencies: no Next.js application", where=where, fix=fix
        )
    if not view.exists("tsconfig.json"):
        plain = " This application is JavaScript." if view.exists("jsconfig.json") else ""
        raise PlatformError(
            f"There is no tsconfig.json: the framework is TypeScript.{plain}",
            where=str(view.root),
            fix="touch tsconfig.json && npx next dev   # Next.js fills it in; JavaScript files may stay",
        )
    for name, least in _OLDEST.items():
        version = packages.version(name)
        if version and as_version(version) < as_version(least):
            raise PlatformError(
                f"{name} {version} is too old: {least} or newer is needed",
                where=where,
                fix=f"{find_manager(packages).manager.add} {name}@{least}",
            )


def _manager(packages: Packages, notes: _Facts) -> PackageManager:
    found = find_manager(packages)
    notes.warnings.extend(found.warnings)
    notes.note("package manager", found.manager.flavour, found.source)
    if packages.workspace:
        notes.note("workspace", posixpath.relpath(packages.root, packages.workspace), str(packages.workspace))
    for missing, refusal in (
        ("a lint", lint_refusal(packages)),
        ("a check of their types", types_refusal(packages)),
    ):
        if refusal:
            notes.warnings.append(f"the tests come without {missing}: {refusal}")
    return found.manager


def _node(view: OwnersView, packages: Packages, here: str, notes: _Facts) -> int:
    for source, text in _node_sources(view, packages):
        found = node_of(text)
        if found and found < _OLDEST_NODE and re.match(r"\s*(>|\^|\d+\s*\|\|)", text):
            found, source = _OLDEST_NODE, f"{source} allows it"
        if found and found < _OLDEST_NODE:
            notes.warnings.append(
                f"Node {found} is older than what the packages were tried with: {_OLDEST_NODE}"
            )
        if found:
            return int(notes.note("node", str(found), source))
    found = node_of(here)
    return int(notes.note("node", str(found or 20), "node --version" if found else "assumed"))


def _node_sources(view: OwnersView, packages: Packages) -> Iterator[tuple[str, str]]:
    """(where, text) of what the application says about its Node, then what its workspace says."""
    up = (posixpath.relpath(packages.workspace, view.root) + "/",) if packages.workspace else ()
    for folder in ("", *up):
        for name in (".nvmrc", ".node-version"):
            yield f"{folder}{name}", view.read(f"{folder}{name}") or ""
        yield (
            f"{folder}.tool-versions",
            _match(view.read(f"{folder}.tool-versions") or "", r"nodejs\s+(\S+)") or "",
        )
    for name, key in (("volta", "node"), ("engines", "node")):
        block = packages.document.get(name)
        yield f"{name}.{key} in package.json", str(block.get(key) or "") if isinstance(block, dict) else ""
    yield "Dockerfile", _match(view.read("Dockerfile") or "", r"FROM\s+\S*node:(\d+)") or ""


def _top(view: OwnersView) -> list[str]:
    return sorted(path.name for path in view.root.iterdir())


def _next_config(view: OwnersView) -> str:
    names = (f"next.config.{ending}" for ending in ("ts", "mts", "mjs", "js", "cjs"))
    return next((text for name in names if (text := view.read(name)) is not None), "")


def _match(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text)
    return found.group(1) if found else None


def _openapi(view: OwnersView) -> str | None:
    found = [
        path
        for path in view.files()
        if _OPENAPI.search(path)
        and not _NOT_THE_CONTRACT.search(path)
        and _PATHS.search(view.read(path) or "")
    ]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def _source_folders(view: OwnersView, src: str) -> tuple[str, ...]:
    if src:
        return ("src",)
    found = {path.split("/")[0] for path in view.files() if path.endswith((".ts", ".tsx")) and "/" in path}
    return tuple(sorted(name for name in found if name not in _NO_SOURCES and not name.startswith(".")))


def _runners(view: OwnersView, packages: Packages, notes: _Facts) -> tuple[str, ...]:
    found = [name for name in _top(view) if name.startswith(_RUNNERS) and view.exists(name)]
    if "jest" in packages.document:
        found.append("jest in package.json")
    if found:
        notes.note("test runners there already", ", ".join(found), "the application's folder")
    return tuple(found)


def _linters(view: OwnersView, packages: Packages) -> tuple[str, ...]:
    """The configuration files of linters; package.json stands for one that is kept in it."""
    found = [name for name in _top(view) if name.startswith(_LINTERS) and view.exists(name)]
    if "eslintConfig" in packages.document:
        found.append("package.json")
    return tuple(found)
