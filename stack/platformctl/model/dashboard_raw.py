"""A panel in Grafana's own words, for what the vocabulary cannot say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.panel import GRID_COLUMNS, Link, Query

Tree: TypeAlias = dict[str, object]

_OURS: Final = ("title", "description", "gridPos", "id")
"""What the renderer writes, from the other fields and from the layout."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawPanel:
    """A panel whose `json` Grafana gets as it is, but for its title, description, place and id.

    The checks see its queries; its colours, units and links are its own business.
    empty_reason: why the panel may rightly have no data.
    """

    title: str
    description: str
    json: str
    width: int = 8
    height: int = 8
    empty_reason: str = ""
    queries: tuple[Query, ...] = field(init=False, compare=False)
    reads_logs: bool = field(init=False, compare=False)
    links: tuple[Link, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        _guard.not_blank(self.title, what="title of a raw panel")
        _guard.not_blank(self.description, what=f"description of raw panel {self.title!r}")
        if not 1 <= self.width <= GRID_COLUMNS or self.height < 1:
            raise DefinitionError(f"raw panel {self.title!r} does not fit the grid of {GRID_COLUMNS} columns")
        tree = self.tree
        object.__setattr__(self, "queries", tuple(_queries(tree)))
        object.__setattr__(self, "reads_logs", "loki" in _source_types(tree))

    @property
    def tree(self) -> Tree:
        """The panel as plain data; raises `DefinitionError` where it is no panel."""
        try:
            tree = json.loads(self.json)
        except ValueError as error:
            raise DefinitionError(f"raw panel {self.title!r} is not JSON: {error}") from None
        if not isinstance(tree, dict) or not (isinstance(tree.get("type"), str) or "libraryPanel" in tree):
            raise DefinitionError(f"raw panel {self.title!r} has no type")
        if tree.get("type") == "row":
            raise DefinitionError(f"raw panel {self.title!r} is a row", fix="write a Row")
        if twice := [key for key in _OURS if key in tree]:
            raise DefinitionError(
                f"raw panel {self.title!r} says its {twice[0]} twice", fix="leave it out of json"
            )
        return tree


def _targets(tree: Tree) -> Iterator[Tree]:
    targets = tree.get("targets")
    yield from (t for t in (targets if isinstance(targets, list) else ()) if isinstance(t, dict))


def _queries(tree: Tree) -> Iterator[Query]:
    for target in _targets(tree):
        expr, legend = target.get("expr"), target.get("legendFormat")
        if isinstance(expr, str) and expr.strip():
            instant = target.get("instant") is True or target.get("queryType") == "instant"
            yield Query(expr=expr, legend=legend if isinstance(legend, str) else "", instant=instant)


def _source_types(tree: Tree) -> Iterator[object]:
    for holder in (tree, *_targets(tree)):
        source = holder.get("datasource")
        if isinstance(source, dict):
            yield source.get("type")
