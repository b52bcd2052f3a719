"""What is known of the application: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platformctl.scaffold.nextjs.packages import Packages
from platformctl.scaffold.nextjs.source import Alias


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing found out, and where it was read."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PackageManager:
    """How packages are installed, and how scripts and programs are run.

    `flavour` tells yarn's first version from the later ones; `locked` says whether the lock file is there.
    """

    name: str
    flavour: str
    install: str
    frozen: str
    run: str
    exec: str
    add: str
    lock: str
    locked: bool


@dataclass(frozen=True, kw_only=True)
class ApiRoute:
    """A route handler: its path, its file and its methods. In the pages router one function answers them all."""

    path: str
    file: str
    methods: tuple[str, ...]
    pages_router: bool = False


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """proxy.ts or middleware.ts."""

    file: str
    name: str
    default: bool
    redirects: bool


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The component that gives the tenant to those below it."""

    name: str
    file: str
    props: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class App:
    """A Next.js application as the scaffold needs to know it."""

    name: str
    next_version: str
    react_major: int
    node_major: int
    manager: PackageManager
    packages: Packages
    place: str  # its folder in the repository; "." when it is the whole of it
    lock_place: str  # the folder of its lock file there
    routers: tuple[str, ...]
    src: str
    aliases: tuple[Alias, ...]
    module_paths: tuple[str, ...]
    sources: tuple[str, ...]
    pages: tuple[str, ...]
    dynamic_pages: tuple[str, ...]
    api_routes: tuple[ApiRoute, ...]
    proxy: Proxy | None
    openapi: str | None
    tenant_header: str | None
    session_cookie: str | None
    provider: Provider | None
    runners: tuple[str, ...]
    linters: tuple[str, ...]
    prettier: bool
    output: str | None
    base_path: str
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]

    @property
    def next_major(self) -> int:
        """The major version of Next.js."""
        return int(self.next_version.split(".")[0])

    def has_script(self, name: str) -> bool:
        """Whether package.json has a script of that name already."""
        scripts = self.packages.document.get("scripts")
        return isinstance(scripts, dict) and name in scripts

    def command(self, name: str) -> tuple[str, ...] | None:
        """How an installed program is run here; None when it is not installed."""
        program = self.packages.program(name)
        if program is not None:
            return (str(program),)
        return (*self.manager.exec.split(), name) if self.packages.plug_and_play else None
