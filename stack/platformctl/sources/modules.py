"""User-written Python, loaded by path. Errors point at the user's own file and line."""

from __future__ import annotations

import ast
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

from platformctl.errors import DefinitionError, PlatformError

T = TypeVar("T")
_NAMING_KEYWORDS: Final = frozenset({"name", "uid"})


@dataclass(frozen=True, slots=True)
class Definitions:
    """One content module: `shown` is its path below the workspace, as errors print it."""

    shown: str
    stem: str
    module: ModuleType
    lines: dict[str, int]

    def values(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """The module's tuple `name`, empty where it has none; every member must be a `kind`."""
        found = getattr(self.module, name, ())
        if not isinstance(found, tuple):
            raise DefinitionError(
                f"{name} is a {type(found).__name__}, not a tuple",
                where=self.shown,
                fix=f"write {name} = (FIRST, SECOND)",
            )
        for member in found:
            if not isinstance(member, kind):
                raise DefinitionError(
                    f"{name} holds a {type(member).__name__}, not a {kind.__name__}: {member!r}",
                    where=self.shown,
                )
        return found

    def where(self, name: str) -> str:
        """``path:line`` of the definition that carries this name or uid."""
        line = self.lines.get(name)
        return f"{self.shown}:{line}" if line else self.shown


def load_folder(root: Path, folder: str) -> Iterator[Definitions]:
    """Every public module of ``root/folder``, in order of names, each run once, none put on the import path."""
    for path in sorted((root / folder).glob("*.py")):
        if not path.name.startswith("_"):
            yield load(root, path)


def load(root: Path, path: Path) -> Definitions:
    """Run one file as a module; raises `DefinitionError` with the user's line for anything it does wrong."""
    shown = path.relative_to(root).as_posix()
    name = f"_platformctl_workspace_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise DefinitionError("not a Python module", where=shown)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while it runs
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
        return Definitions(shown, path.stem, module, _named_lines(path))
    except PlatformError as error:
        where = error.where or _line_in(path, shown, error)
        raise DefinitionError(error.what, where=where, fix=error.fix) from error
    except SyntaxError as error:
        raise DefinitionError(f"not valid Python: {error.msg}", where=f"{shown}:{error.lineno}") from error
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise DefinitionError(what, where=_line_in(path, shown, error)) from error
    finally:
        del sys.modules[name]
        sys.dont_write_bytecode = bytecode


def _line_in(path: Path, shown: str, error: BaseException) -> str:
    """The file with the line of its innermost frame in the traceback."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return f"{shown}:{lines[-1]}" if lines else shown


def _named_lines(path: Path) -> dict[str, int]:
    """The line of each call that has a literal ``name=`` or ``uid=``, by that literal; the first one wins."""
    lines: dict[str, int] = {}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            value = keyword.value
            if (
                keyword.arg in _NAMING_KEYWORDS
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                lines.setdefault(value.value, node.lineno)
    return lines
