"""One step of a log pipeline, and how its texts are quoted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its kind and its settings, by Promtail's names; `names` where it is a plain list.

    stages: those that run on the lines that a ``match`` selects.
    """

    kind: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


def quoted(text: str) -> str:
    """A string as LogQL and Go's templates read it; JSON's escapes are among Go's."""
    return json.dumps(text, ensure_ascii=False)


def any_of(names: Iterable[str]) -> str:
    """A pattern that matches each of the names, which are plain words."""
    return "|".join(names)
