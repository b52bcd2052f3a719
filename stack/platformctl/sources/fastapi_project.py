"""What is found in somebody's FastAPI project: where imports start, and the applications it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from platformctl.scaffold.lay.project import OwnersView

_FOREIGN: Final = frozenset({"venv", "env", "site-packages", "__pycache__"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A FastAPI application found in the project: its file, import path and the name it is bound to."""

    path: str
    module: str
    name: str


def source_of(view: OwnersView, before: object) -> str:
    """Where the project's imports start: ``src/`` where it keeps its packages there."""
    if isinstance(before, str):
        return before
    in_src = any(path.endswith("/__init__.py") for path in view.files(under="src"))
    return "src/" if in_src else ""


def applications(view: OwnersView, source: str, *, foreign: frozenset[str]) -> Iterator[Application]:
    """Module-level ``name = FastAPI(...)``, the shortest path first; tests and installed packages left out."""
    paths = [path for path in view.files() if path.endswith(".py") and path.startswith(source)]
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        parts = PurePosixPath(path.removeprefix(source)).with_suffix("").parts
        if parts[0].startswith("test") or (_FOREIGN | foreign) & set(parts):
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
