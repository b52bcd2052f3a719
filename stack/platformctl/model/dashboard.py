"""A typed vocabulary for dashboards that makes a wrong panel hard to write.

Layout is computed by the renderer: panels flow from left to right in a grid of 24 columns.
What stands on a page is in `platformctl.model.panel`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.dashboard_raw import RawPanel
from platformctl.model.panel import Color, Link, Panel
from platformctl.model.units import Duration, hours, seconds

# Grafana's own limit; a longer uid is refused on import.
_UID_LENGTH: Final = 40
_RESERVED_VARIABLES: Final = frozenset({"datasource", "loki"})


class Audience(StrEnum):
    """Who a dashboard is for: one Grafana folder each."""

    OPERATIONS = "operations"
    DEVELOPMENT = "development"
    BUSINESS = "business"
    TENANTS = "tenants"

    @property
    def folder(self) -> str:
        """The title of the folder."""
        return self.value.capitalize()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A titled group of panels. Titles of panels are unique in their row: links and ids hang on them."""

    title: str
    panels: tuple[Panel | RawPanel, ...]
    collapsed: bool = False

    def __post_init__(self) -> None:
        _guard.not_blank(self.title, what="title of a row")
        _guard.unique((p.title for p in self.panels), what=f"panel of row {self.title!r}")
        if not self.panels:
            raise DefinitionError(f"row {self.title!r} has no panels")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A choice at the top of the dashboard: the values of label `of` in the series of `metric`.

    where: label matchers that narrow the series; they may name variables defined before this one.
    multi: several values, or all, may be chosen; such a variable is used with ``=~``.
    default: the value chosen at first; all of them where it is empty and `multi`.
    empty_reason: why there may rightly be no value to choose.
    """

    name: str
    label: str
    metric: str
    of: str
    where: Mapping[str, str] = field(default_factory=dict)
    multi: bool = True
    default: str = ""
    empty_reason: str = ""

    def __post_init__(self) -> None:
        _guard.matches(_guard.LABEL_NAME, self.name, what="variable", like="tenant")
        _guard.not_blank(self.label, what=f"label of variable {self.name!r}")
        _guard.matches(_guard.METRIC_NAME, self.metric, what=f"metric of variable {self.name!r}", like="up")
        for label in (self.of, *self.where):
            _guard.matches(_guard.LABEL_NAME, label, what=f"label in variable {self.name!r}", like="tenant")
        if self.name in _RESERVED_VARIABLES:
            raise DefinitionError(f"variable {self.name!r} is the renderer's own", fix="choose another name")

    @property
    def query(self) -> str:
        """The variable's query, as Grafana's Prometheus datasource reads it."""
        matchers = ",".join(f'{label}=~"{value}"' for label, value in self.where.items())
        selector = f"{self.metric}{{{matchers}}}" if matchers else self.metric
        return f"label_values({selector}, {self.of})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """Marks on the time axis of every graph, at the times when `expr` has a value."""

    name: str
    expr: str
    title: str
    color: Color = Color.RED

    def __post_init__(self) -> None:
        _guard.not_blank(self.name, what="name of an annotation")
        _guard.not_blank(self.expr, what=f"expression of annotation {self.name!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dashboard:
    """A page of panels that answers `question` for one audience. The uid never changes."""

    uid: str
    title: str
    question: str
    audience: Audience
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    links: tuple[Link, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    tags: tuple[str, ...] = ()
    span: Duration = hours(6)
    refresh: Duration = seconds(30)

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.uid, what="dashboard uid", like="platform-overview")
        _guard.not_blank(self.title, what=f"title of dashboard {self.uid!r}")
        _guard.not_blank(self.question, what=f"question of dashboard {self.uid!r}")
        if len(self.uid) > _UID_LENGTH:
            raise DefinitionError(
                f"dashboard uid {self.uid!r} is longer than Grafana's {_UID_LENGTH} characters"
            )
        _guard.unique((v.name for v in self.variables), what=f"variable of {self.uid}")
        _guard.unique((r.title for r in self.rows), what=f"row of {self.uid}")

    @property
    def panels(self) -> Iterator[Panel | RawPanel]:
        """All panels, row by row."""
        for row in self.rows:
            yield from row.panels
