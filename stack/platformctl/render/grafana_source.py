"""A dashboard as the Python text that defines it: what ``platformctl dashboard import`` writes.

Every text of the dashboard goes through `repr`: whatever a title or a query holds, it stays a string.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Final

from platformctl.model.dashboard import Dashboard
from platformctl.model.units import Duration

_WIDTH: Final = 110
_STEP: Final = " " * 4
_MODULES: Final = {
    "dashboard": ("Annotation", "Audience", "Dashboard", "Row", "Variable"),
    "dashboard_raw": ("RawPanel",),
    "panel": ("Color", "Link", "Panel", "PanelKind", "Query", "Threshold", "Unit", "ValueText"),
    "units": ("Duration",),
}


def module_text(dashboard: Dashboard) -> str:
    """A module whose ``DASHBOARDS`` holds an equal dashboard; fields with their usual value are left out."""
    used = {type(value).__name__ for value in _walk(dashboard)}
    imports = "".join(
        f"from platformctl.model.{module} import {', '.join(names)}\n"
        for module, known in _MODULES.items()
        if (names := [name for name in known if name in used])
    )
    return (
        f'"""Dashboard {dashboard.uid}, brought in from Grafana."""\n\nfrom __future__ import annotations\n\n'
        f"from typing import Final\n\n{imports}\nDASHBOARDS: Final = (\n{_STEP}{_code(dashboard, 1)},\n)\n"
    )


def _walk(value: object) -> Iterator[object]:
    """Every value of a type of ours that the text names."""
    if isinstance(value, tuple):
        for member in value:
            yield from _walk(member)
    elif isinstance(value, Enum | Duration):
        yield value
    elif is_dataclass(value):
        yield value
        for each in _told(value):
            yield from _walk(getattr(value, each.name))


def _code(value: object, depth: int) -> str:
    """The expression that makes the value; `depth`: how far the line that it begins on is indented."""
    if isinstance(value, Duration):
        return f'Duration.parse("{value}")'
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, str):
        return _quoted(value, depth)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(k, depth)}: {_code(v, depth)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return _call("", [_code(member, depth + 1) for member in value], depth, alone=len(value) == 1)
    if is_dataclass(value):
        told = [f"{f.name}={_code(getattr(value, f.name), depth + 1)}" for f in _told(value)]
        return _call(type(value).__name__, told, depth)
    return repr(value)


def _told(value: object) -> Iterator[Field[object]]:
    for each in fields(value):  # type: ignore[arg-type] # the caller has asked whether it is one
        usual = each.default if each.default_factory is MISSING else each.default_factory()
        if each.init and getattr(value, each.name) != usual:
            yield each


def _call(name: str, members: list[str], depth: int, *, alone: bool = False) -> str:
    flat = f"{name}({', '.join(members)}{',' if alone else ''})"
    if len(flat) + len(_STEP) * depth < _WIDTH - 20 and "\n" not in flat:
        return flat
    lines = "".join(f"{_STEP * (depth + 1)}{member},\n" for member in members)
    return f"{name}(\n{lines}{_STEP * depth})"


def _quoted(text: str, depth: int) -> str:
    """The text as a literal, or one literal for each of its lines."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return _literal(text)
    indented = "".join(f"{_STEP * (depth + 1)}{_literal(line)}\n" for line in lines)
    return f"(\n{indented}{_STEP * depth})"


def _literal(text: str) -> str:
    """As `repr`, in double quotes where that needs no more escapes."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written.startswith("'") and '"' not in written else written
