"""Telemetry, laid into an existing FastAPI project."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from platformctl.app.carried import Carried, carried, filled
from platformctl.app.publishing import Laid, Publication
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import LaidFile, Mode, Tree
from platformctl.sources.fastapi_project import Application, applications, source_of

NAME: Final = "telemetry"
PACKAGE: Final = "platform_telemetry"
TESTS: Final = "tests/telemetry"
EXTRAS: Final = ("fastapi", "sqlalchemy", "redis", "tracing")
_NOT_ITS_OWN: Final = frozenset({"edge", "traces"})
"""Processes of the platform, which no application needs."""


def lay(root: Path, manifest: Manifest) -> Laid:
    """The files, for what was found in the project."""
    view = OwnersView(root=root, manifest=manifest)
    source = source_of(view, manifest.answers.get("source"))
    found = next(applications(view, source, foreign=frozenset({PACKAGE, "platform_ratelimit"})), None)
    tree = Tree(
        name=NAME,
        version=version("platformctl"),
        answers={"source": source},
        files=tuple(_files(carried(PACKAGE), root, source, found)),
    )
    return Laid(tree=tree, source=source, application=found)


FASTAPI: Final = Publication(name=NAME, command="platformctl instrument fastapi", lay=lay)


def _files(ours: Carried, root: Path, source: str, found: Application | None) -> Iterator[LaidFile]:
    yield from ours.files(source, without=_NOT_ITS_OWN)
    project = ours.project / "fastapi"
    setup = (project / "telemetry_setup.py").read_text(encoding="utf-8")
    service = {"service": _service(root)}
    yield LaidFile(path=f"{source}telemetry_setup.py", text=filled(setup, service), mode=Mode.SEED)
    for path in sorted((project / "tests").glob("*.py")):
        yield LaidFile(path=f"{TESTS}/{path.name}", text=path.read_text(encoding="utf-8"))
    yield LaidFile(path=f"{TESTS}/import_root.txt", text=f"../../{source}\n")
    target = f"{found.module}:{found.name}\n" if found else "\n"
    yield LaidFile(path=f"{TESTS}/application.txt", text=target, mode=Mode.SEED)
    heading = "# What platform_telemetry needs.\n"
    yield LaidFile(path="telemetry-requirements.txt", text=heading + ours.requirements(EXTRAS))
    guide = filled(
        (project / "guide.md.j2").read_text(encoding="utf-8"),
        {
            "source": source,
            "tests": TESTS,
            "where": found.path if found else "your application's module",
            "name": found.name if found else "app",
        },
    )
    yield LaidFile(path="TELEMETRY.md", text=guide)


def _service(root: Path) -> str:
    """The folder's name as a service's: lower case, with hyphens."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in root.name.lower()).strip("-")
    return name or "service"
