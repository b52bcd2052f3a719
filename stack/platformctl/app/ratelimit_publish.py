"""Lay the rate limiter into an existing FastAPI project: look, plan, show, and apply what was shown."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Final

import platformctl
from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.plan import Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.lay.tree import LaidFile, Mode, Tree

NAME: Final = "ratelimit"
PACKAGE: Final = "platform_ratelimit"
TESTS: Final = "tests/ratelimit"
EXTRAS: Final = ("db", "fastapi", "jwt", "metrics")
_FOREIGN: Final = frozenset({"venv", "env", "site-packages", "__pycache__", PACKAGE})
_MOST_SHOWN: Final = 8


class Action(StrEnum):
    """What is to be done with the plan."""

    APPLY = "apply"
    PREVIEW = "preview"
    CHECK = "check"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the user asked for."""

    root: Path
    action: Action = Action.APPLY
    force: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A FastAPI application found in the project: its file, import path and the name it is bound to."""

    path: str
    module: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A plan and what it rests on. `source` is the folder that imports start from: empty or ``src/``."""

    root: Path
    plan: Plan
    source: str = ""
    application: Application | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of it."""

    prepared: Prepared
    applied: bool


def publish(request: Request, confirm: Callable[[Prepared], bool]) -> Outcome:
    """Do what was asked for; raises DifferencesFound (exit 3) when --check finds a difference."""
    prepared = prepare(request)
    match request.action:
        case Action.CHECK:
            _refuse_drift(prepared)
            return Outcome(prepared=prepared, applied=False)
        case Action.PREVIEW:
            return Outcome(prepared=prepared, applied=False)
    if not prepared.plan.changes or confirm(prepared):
        apply(prepared.plan, prepared.root)
        return Outcome(prepared=prepared, applied=True)
    return Outcome(prepared=prepared, applied=False)


def prepare(request: Request) -> Prepared:
    """The plan; nothing is written."""
    if not request.root.is_dir():
        raise PlatformError("There is no such folder", where=str(request.root))
    root = request.root.resolve()
    manifest = read_manifest(root, NAME)
    if request.action is Action.REMOVE:
        if not manifest.files:
            raise PlatformError(
                "Nothing was published here", where=str(root), fix=f"platformctl ratelimit publish {root}"
            )
        return Prepared(root=root, plan=plan_removal(root, manifest))
    view = OwnersView(root=root, manifest=manifest)
    source = _source(view, manifest.answers.get("source"))
    found = next(_applications(view, source), None)
    tree = Tree(
        name=NAME,
        version=version("platformctl"),
        answers={"source": source},
        files=tuple(_files(source, found)),
    )
    if unknown := sorted(set(request.force) - {file.path for file in tree.files}):
        raise UsageError(
            f"--force names a file that is not laid down: {', '.join(unknown)}",
            fix=f"platformctl ratelimit publish {root} --dry-run   # shows the paths",
        )
    plan = plan_laying(tree, root, manifest, force=request.force)
    return Prepared(root=root, plan=plan, source=source, application=found)


def _source(view: OwnersView, before: object) -> str:
    """Where the project's imports start: ``src/`` where it keeps its packages there."""
    if isinstance(before, str):
        return before
    in_src = any(path.endswith("/__init__.py") for path in view.files(under="src"))
    return "src/" if in_src else ""


def _applications(view: OwnersView, source: str) -> Iterator[Application]:
    """Module-level ``name = FastAPI(...)``, the shortest path first; tests and installed packages left out."""
    paths = [path for path in view.files() if path.endswith(".py") and path.startswith(source)]
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        parts = PurePosixPath(path.removeprefix(source)).with_suffix("").parts
        if parts[0].startswith("test") or _FOREIGN & set(parts):
            continue
        for name in _bound_to_fastapi(view.read(path) or ""):
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield Application(path=path, module=module, name=name)


def _bound_to_fastapi(text: str) -> Iterator[str]:
    if "FastAPI" not in text:
        return
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return
    for statement in body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=made))
            ) if ast.unparse(made).rpartition(".")[2] == "FastAPI":
                yield name


def _files(source: str, found: Application | None) -> Iterator[LaidFile]:
    package, project = _carried()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            place = path.relative_to(package).as_posix()
            yield LaidFile(path=f"{source}{PACKAGE}/{place}", text=path.read_text(encoding="utf-8"))
    setup = (project / "ratelimit_setup.py").read_text(encoding="utf-8")
    yield LaidFile(path=f"{source}ratelimit_setup.py", text=setup, mode=Mode.SEED)
    for path in sorted((project / "tests").glob("*.py")):
        yield LaidFile(path=f"{TESTS}/{path.name}", text=path.read_text(encoding="utf-8"))
    yield LaidFile(path=f"{TESTS}/import_root.txt", text=f"../../{source}\n")
    target = f"{found.module}:{found.name}\n" if found else "\n"
    yield LaidFile(path=f"{TESTS}/application.txt", text=target, mode=Mode.SEED)
    yield LaidFile(path="ratelimit-requirements.txt", text=_requirements(project))
    yield LaidFile(path="RATELIMIT.md", text=_guide(project, source, found))


def _carried() -> tuple[Path, Path]:
    """The package and the files around it: inside the wheel, or beside the engine in a checkout."""
    engine = Path(platformctl.__file__).parent
    carried = engine / "_published"
    if carried.is_dir():
        return carried / PACKAGE, carried / "project"
    distribution = engine.parent / PACKAGE
    return distribution / "src" / PACKAGE, distribution / "publish"


def _requirements(project: Path) -> str:
    """The package's own dependencies, with those of the extras that the wiring uses."""
    text = (project.parent / "pyproject.toml").read_text(encoding="utf-8")
    metadata = tomllib.loads(text)["project"]
    wanted = [*metadata["dependencies"], *(r for e in EXTRAS for r in metadata["optional-dependencies"][e])]
    return "# What platform_ratelimit needs. PostgreSQL: asyncpg.\n" + "".join(f"{one}\n" for one in wanted)


def _guide(project: Path, source: str, found: Application | None) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown; names are Python identifiers and paths
    )
    return environment.from_string((project / "guide.md.j2").read_text(encoding="utf-8")).render(
        source=source,
        tests=TESTS,
        where=found.path if found else "your application's module",
        name=found.name if found else "app",
        from_source=f"   # in {source}" if source else "",
    )


def _refuse_drift(prepared: Prepared) -> None:
    drift = prepared.plan.drift
    if drift:
        named = ", ".join(f"{step.path} ({step.kind.value})" for step in drift[:_MOST_SHOWN])
        more = f" and {len(drift) - _MOST_SHOWN} more" if len(drift) > _MOST_SHOWN else ""
        raise DifferencesFound(
            f"{len(drift)} files differ from what would be published: {named}{more}",
            where=str(prepared.root),
            fix=f"platformctl ratelimit publish {prepared.root}",
        )
