"""The few questions that constructors ask of their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from platformctl.errors import DefinitionError

SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
METRIC_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
CAMEL: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


def matches(pattern: re.Pattern[str], value: str, *, what: str, like: str) -> None:
    """Refuse a name that does not have the shape; `like` is an example of a good one."""
    if not pattern.fullmatch(value):
        raise DefinitionError(f"{what} {value!r} is not a valid name", fix=f"write it like {like}")


def not_blank(value: str, *, what: str) -> None:
    """Refuse an empty or blank text."""
    if not value.strip():
        raise DefinitionError(f"{what} is empty")


def unique(values: Iterable[str], *, what: str) -> None:
    """Refuse a value that comes twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise DefinitionError(f"{what} {value!r} is defined twice")
        seen.add(value)
