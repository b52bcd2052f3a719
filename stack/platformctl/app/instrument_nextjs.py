"""Telemetry, laid into an existing Next.js application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from platformctl.app.carried import carried, filled
from platformctl.app.publishing import Laid, Publication
from platformctl.errors import PlatformError
from platformctl.render import typescript
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import JsonEntry, LaidFile, Mode, SharedFile, Tree
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.packages import Packages, read_packages
from platformctl.scaffold.nextjs.source import Sources
from platformctl.scaffold.nextjs.tenancy import find_header
from platformctl.scaffold.nextjs.tsconfig import read_tsconfig
from platformctl.scaffold.nextjs.workspace import find_workspace

NAME: Final = "telemetry-nextjs"
TESTS: Final = "tests/telemetry"
_FOLDER: Final = "platform-telemetry"
_OLDEST_NEXT: Final = (15, 3)
_TENANT_HEADER: Final = "x-tenant-id"
# One line of OpenTelemetry that fits together: the exporter's later releases are of another.
_PACKAGES: Final = {
    "@opentelemetry/api": "~1.9.0",
    "@opentelemetry/exporter-trace-otlp-proto": "~0.223.1",
    "@opentelemetry/resources": "^2.12.0",
    "@opentelemetry/sdk-trace-node": "^2.12.0",
    "prom-client": "^15.1.3",
    "web-vitals": "^6.0.0",
}


def lay(root: Path, manifest: Manifest) -> Laid:
    """The files, for what was found in the application."""
    view = OwnersView(root=root, manifest=manifest)
    if not (root / "package.json").is_file():
        raise PlatformError(
            "There is no package.json",
            where=str(root),
            fix="platformctl instrument nextjs DIR   # the folder that holds the application's package.json",
        )
    packages = read_packages(view, find_workspace(root))
    _refuse(root, packages)
    src = "src/" if view.exists("src/app") or view.exists("src/pages") else ""
    sources = Sources(view=view, aliases=read_tsconfig(view).aliases)
    header = find_header(sources, src, None)
    values = {
        "src": src,
        "app": f"{src}app/",
        "up": "../../../../",
        "to_root": "../" * (TESTS.count("/") + 1),
        "tests": TESTS,
        "base_path": _base_path(view),
        "service": str(packages.document.get("name") or root.name),
        "tenant_header": (header[0] if header else _TENANT_HEADER).lower(),
    }
    wanted = tuple(JsonEntry(at=("dependencies", name), value=asked) for name, asked in _PACKAGES.items())
    tree = Tree(
        name=NAME,
        version=version("platformctl"),
        answers={},
        files=tuple(_files(values, routes.page_paths(sources, src))),
        shared=(SharedFile(path="package.json", additions=wanted),),
    )
    return Laid(tree=tree, source=src)


NEXTJS: Final = Publication(name=NAME, command="platformctl instrument nextjs", lay=lay)


def _files(values: dict[str, str], pages: list[str]) -> Iterator[LaidFile]:
    project = carried("platform_telemetry").project / "nextjs"
    src = values["src"]

    def template(path: str) -> str:
        return filled((project / path).read_text(encoding="utf-8"), values)

    for name in ("instrumentation.ts", "instrumentation-client.ts"):
        yield LaidFile(path=f"{src}{name}", text=template(name))
    for path in sorted((project / _FOLDER).glob("*.ts")):
        mode = Mode.SEED if path.name == "tenant.ts" else Mode.MANAGED
        yield LaidFile(path=f"{src}{_FOLDER}/{path.name}", text=template(f"{_FOLDER}/{path.name}"), mode=mode)
    yield LaidFile(path=f"{src}{_FOLDER}/catalogue.ts", text=typescript.catalogue())
    yield LaidFile(path=f"{src}{_FOLDER}/routes.ts", text=typescript.routes(pages))
    for name in ("beacon", "metrics"):
        yield LaidFile(path=f"{src}app/api/{_FOLDER}/{name}/route.ts", text=template(f"routes/{name}.ts"))
    yield LaidFile(path=f"{TESTS}/telemetry.test.mjs", text=template("tests/telemetry.test.mjs"))
    yield LaidFile(path="TELEMETRY.md", text=template("guide.md.j2"))


def _refuse(root: Path, packages: Packages) -> None:
    where = str(root / "package.json")
    if packages.asked("next") is None:
        raise PlatformError("next is not among the dependencies: no Next.js application", where=where)
    found = packages.version("next")
    if found and tuple(int(part) for part in found.split(".")[:2]) < _OLDEST_NEXT:
        raise PlatformError(
            f"Next.js {found} does not load instrumentation-client.ts",
            where=where,
            fix=f"upgrade to {'.'.join(map(str, _OLDEST_NEXT))} or later: npx @next/codemod upgrade",
        )


def _base_path(view: OwnersView) -> str:
    for name in ("next.config.ts", "next.config.mjs", "next.config.js"):
        if found := re.search(r"""basePath:\s*["']([^"']+)""", view.read(name) or ""):
            return found[1]
    return ""
