"""Charts of a report as SVG inside its page: drawn by pygal, without script; the page's style gives the colours."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pygal
from markupsafe import Markup

from platformctl.sla.report import Hour, Statement

# pygal hooks its plug-ins into Python's imports, by a way that is no more: every import after it would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

_SPENT: Final = (0, 10, 25, 50, 75, 100)
"""Bounds of the classes of budget spent, in percent; the last class is over the last bound."""

_GUIDES: Final = 4
_HOUR: Final = timedelta(hours=1)
_IDLE: Final = ("defs", "desc", "title")
_PLAIN: Final = {
    "width": 1000, "height": 260, "margin": 4, "js": [], "truncate_label": -1, "print_values": False,
    "value_formatter": "{:,.0f}".format,
}  # fmt: skip


class StackedBar(pygal.StackedBar):  # type: ignore[misc]  # pygal is untyped
    """The same picture in a third of the time, which counts where each of ten thousand tenants gets one."""

    def __getattribute__(self, name: str) -> object:
        """As pygal's own, which asks itself for its state at each of 20,000 questions."""
        if name != "state" and not name.startswith("__"):
            state = object.__getattribute__(self, "__dict__").get("state")
            if state is not None and name in state.__dict__:
                return state.__dict__[name]
        return object.__getattribute__(self, name)

    def _tooltip_and_print_values(self, *_: object) -> None:
        """What is for scripts is not drawn: it would be taken out again."""


def by_hour(hours: tuple[Hour, ...], zone: str) -> Markup:
    """Requests of each hour, answered and failed; an hour without a sum leaves its place empty."""
    clock = ZoneInfo(zone)
    known = {hour.start: hour.requests for hour in hours}
    starts = [hours[0].start + n * _HOUR for n in range((hours[-1].start - hours[0].start) // _HOUR + 1)]
    chart: pygal.StackedBar = StackedBar(**_PLAIN, legend_at_bottom=True)
    by_clock = [start.astimezone(clock) for start in starts]
    chart.x_labels = [f"{start:%d %b}" if start.hour == 0 else "" for start in by_clock]
    chart.add("answered", [known[start].good if start in known else None for start in starts])
    chart.add("failed", [known[start].bad if start in known else None for start in starts])
    return _svg(chart, "Requests hour by hour, answered and failed")


def budgets(statements: Iterable[Statement]) -> Markup:
    """How many tenants spent how much of their availability budget."""
    spent = list(_spent(statements))
    chart = pygal.Bar(**_PLAIN, show_legend=False)
    edges = list(pairwise(_SPENT))
    chart.x_labels = ["none", *(f"up to {high} %" for _, high in edges), f"over {_SPENT[-1]} %"]
    counts = [
        sum(1 for share in spent if share == 0),
        *(sum(1 for share in spent if low < share <= high) for low, high in edges),
        sum(1 for share in spent if share > _SPENT[-1]),
    ]
    chart.y_labels = sorted({round(max(counts) * n / _GUIDES) for n in range(_GUIDES + 1)})
    chart.add("tenants", counts)
    return _svg(chart, "Tenants by the share of their error budget that is spent")


def _spent(statements: Iterable[Statement]) -> Iterator[int]:
    """In whole percent, rounded up."""
    for statement in statements:
        target = statement.availability.target
        if statement.known and target is not None:
            yield -int(-statement.availability.counts.spent(target) * 100 // 1)


def _svg(chart: pygal.Bar, title: str) -> Markup:
    """The picture alone: no style and nothing that differs between runs; tooltips are for scripts."""
    chart.uuid = "chart"
    root: ElementTree.Element = chart.render_tree()
    for parent in root.iter():
        for child in [c for c in parent if _is_idle(c)]:
            parent.remove(child)
    for name in ("id", "xmlns", "xmlns:xlink"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", title)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704 - pygal escapes its texts


def _is_idle(element: ElementTree.Element) -> bool:
    name = str(element.tag).rpartition("}")[2]  # of a comment, its tag is a function
    return callable(element.tag) or name in _IDLE or "overlay" in element.get("class", "")
