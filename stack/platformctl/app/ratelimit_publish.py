"""The rate limiter, laid into an existing FastAPI project."""

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

NAME: Final = "ratelimit"
PACKAGE: Final = "platform_ratelimit"
TESTS: Final = "tests/ratelimit"
EXTRAS: Final = ("db", "fastapi", "jwt", "metrics")


def _lay(root: Path, manifest: Manifest) -> Laid:
    view = OwnersView(root=root, manifest=manifest)
    source = source_of(view, manifest.answers.get("source"))
    found = next(applications(view, source, foreign=frozenset({PACKAGE})), None)
    tree = Tree(
        name=NAME,
        version=version("platformctl"),
        answers={"source": source},
        files=tuple(_files(carried(PACKAGE), source, found)),
    )
    return Laid(tree=tree, source=source, application=found)


LIMITER: Final = Publication(name=NAME, command="platformctl ratelimit publish", lay=_lay)


def _files(ours: Carried, source: str, found: Application | None) -> Iterator[LaidFile]:
    yield from ours.files(source)
    setup = (ours.project / "ratelimit_setup.py").read_text(encoding="utf-8")
    yield LaidFile(path=f"{source}ratelimit_setup.py", text=setup, mode=Mode.SEED)
    for path in sorted((ours.project / "tests").glob("*.py")):
        yield LaidFile(path=f"{TESTS}/{path.name}", text=path.read_text(encoding="utf-8"))
    yield LaidFile(path=f"{TESTS}/import_root.txt", text=f"../../{source}\n")
    target = f"{found.module}:{found.name}\n" if found else "\n"
    yield LaidFile(path=f"{TESTS}/application.txt", text=target, mode=Mode.SEED)
    heading = "# What platform_ratelimit needs. PostgreSQL: asyncpg.\n"
    yield LaidFile(path="ratelimit-requirements.txt", text=heading + ours.requirements(EXTRAS))
    yield LaidFile(path="RATELIMIT.md", text=_guide(ours, source, found))


def _guide(ours: Carried, source: str, found: Application | None) -> str:
    return filled(
        (ours.project / "guide.md.j2").read_text(encoding="utf-8"),
        {
            "source": source,
            "tests": TESTS,
            "where": found.path if found else "your application's module",
            "name": found.name if found else "app",
            "from_source": f"   # in {source}" if source else "",
        },
    )
