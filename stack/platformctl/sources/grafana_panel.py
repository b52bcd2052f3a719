"""A panel as Grafana saved it, read as one of our kinds where that gives the same picture, else kept whole.

Nothing is guessed: what was read is rendered again and compared. Only what Grafana fills in by itself when it
saves a panel may come on top.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

from platformctl.errors import DefinitionError
from platformctl.model.dashboard_raw import RawPanel, Tree
from platformctl.model.panel import (
    GRID_COLUMNS,
    Color,
    Link,
    Panel,
    PanelKind,
    Query,
    Threshold,
    Unit,
    ValueText,
)
from platformctl.render.grafana_dashboard import panel_to_json
from platformctl.render.grafana_panel import LOKI, PROMETHEUS

Place: TypeAlias = tuple[int, int, int, int]
UNASKED: Final = "Which question does it answer?"
_OUR_SOURCES: Final[Mapping[object, dict[str, str]]] = {s.type: s.reference for s in (PROMETHEUS, LOKI)}
_MAY_BE_EMPTY: Final = "\n\nMay be empty: "
_PANEL_URL: Final = re.compile(r"/d/([^?/]+)\?\$\{__url_time_range\}&\$\{__all_variables\}")
_DATA_URL: Final = re.compile(r"/d/([^?/]+)\?(.*)&\$\{__url_time_range\}")
_LABEL: Final = re.compile(r"var-(\w+)=")
_PLACE: Final = ("title", "description", "gridPos", "id")

# What the panel editor of Grafana 11-13 writes into every panel it saves, at its defaults.
_FILLED_IN: Final[Mapping[str, object]] = {
    "axisBorderShow": False, "axisCenteredZero": False, "axisColorMode": "text", "axisLabel": "",
    "axisPlacement": "auto", "barAlignment": 0, "barWidthFactor": 0.6, "drawStyle": "line",
    "gradientMode": "none", "insertNulls": False, "lineInterpolation": "linear", "lineWidth": 1, "pointSize": 5,
    "scaleDistribution": {"type": "linear"}, "log": 2, "showValues": False, "spanNulls": False, "hideZeros": False,
    "transparent": False, "hide": False, "exemplar": False, "useBackend": False, "fullMetaSearch": False,
    "includeNullMetadata": True, "skipUrlSync": False,
}  # fmt: skip


def read_panel(tree: Tree, *, title: str) -> tuple[Panel | RawPanel, str]:
    """The panel under that title, and why it is kept raw (empty where it is not)."""
    _, _, width, height = place_of(tree)
    plain = cast(Tree, with_our_sources({**tree, "title": title, "description": _text(tree, "description")}))
    try:
        panel = _typed(plain, width=width, height=height)
        reason = difference(
            panel_to_json(panel), {k: v for k, v in plain.items() if k not in ("gridPos", "id")}
        )
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, DefinitionError) as error:
        reason = _why_untyped(tree, error)
    else:
        if not reason:
            return panel, ""
        reason = f"{reason} is not ours to say"
    raw = RawPanel(
        title=title,
        description=_text(tree, "description") or UNASKED,
        json=json.dumps({k: v for k, v in plain.items() if k not in _PLACE}, ensure_ascii=False, indent=1),
        width=width,
        height=height,
    )
    return raw, reason


def place_of(tree: Tree) -> Place:
    """(y, x, width, height); raises `DefinitionError` where the panel has no place in the grid."""
    box = tree.get("gridPos")
    box = box if isinstance(box, dict) else {}
    y, x, w, h = (box.get(key, usual) for key, usual in (("y", 0), ("x", 0), ("w", 8), ("h", 8)))
    numbers = [n for n in (y, x, w, h) if isinstance(n, int) and not isinstance(n, bool)]
    if len(numbers) < 4 or not 1 <= w <= GRID_COLUMNS or not 1 <= h <= 1000:
        raise DefinitionError(
            f"panel {tree.get('title')!r} has the place {box!r}, which the grid does not have"
        )
    return y, x, w, h


def difference(ours: object, theirs: object, path: str = "") -> str:
    """Where the two say different things first; empty where they say the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        steps = ((key, f"{path}.{key}" if path else str(key)) for key in sorted(ours.keys() | theirs.keys()))
        return next(
            (found for key, here in steps if (found := _member_difference(ours, theirs, key, here))), ""
        )
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = zip(ours, theirs, strict=True)
        return next((d for n, (a, b) in enumerate(pairs) if (d := difference(a, b, f"{path}[{n}]"))), "")
    same = ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)
    return "" if same or (ours is None and theirs == 0 and path.endswith("steps[0].value")) else path


def _member_difference(ours: Tree, theirs: Tree, key: str, here: str) -> str:
    if key in ours and key in theirs:
        return difference(ours[key], theirs[key], here)
    alone = ours.get(key, theirs.get(key))
    unsaid = key == "pluginVersion" or alone in (None, [], {}, "")
    usual = key in _FILLED_IN and not difference(_FILLED_IN[key], alone, here)
    return "" if unsaid or usual else here


def _why_untyped(tree: Tree, error: Exception) -> str:
    if "libraryPanel" in tree:
        return "it is a library panel: it needs that library in every Grafana"
    kind = tree.get("type")
    if kind not in set(PanelKind):
        return f"its type {kind!r} is none of ours"
    return error.what if isinstance(error, DefinitionError) else "it is shaped otherwise than ours"


def _text(tree: Tree, key: str) -> str:
    value = tree.get(key)
    return value.strip() if isinstance(value, str) else ""


def with_our_sources(tree: object) -> object:
    """The tree with its Prometheus and Loki datasources chosen by the dashboard's variables."""
    if isinstance(tree, list):
        return [with_our_sources(member) for member in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: _OUR_SOURCES.get(value.get("type"), value)
        if key == "datasource" and isinstance(value, dict)
        else with_our_sources(value)
        for key, value in tree.items()
    }


def _typed(tree: Tree, *, width: int, height: int) -> Panel:
    kind = PanelKind(cast(str, tree["type"]))
    config = cast(Tree, tree["fieldConfig"])
    defaults = cast(Tree, config["defaults"])
    description, _, empty_reason = cast(str, tree["description"]).partition(_MAY_BE_EMPTY)
    base, *steps = _trees(cast(Tree, defaults.get("thresholds", {})).get("steps") or [{"color": "green"}])
    return Panel(
        title=cast(str, tree["title"]),
        description=description,
        kind=kind,
        queries=tuple(_queries(tree, kind, _column_units(config))),
        unit=Unit(cast(str, defaults.get("unit", "short"))),
        text=cast(str, cast(Tree, tree["options"]).get("content", "")) if kind is PanelKind.TEXT else "",
        thresholds=tuple(
            Threshold(value=cast(float, s["value"]), color=Color(cast(str, s["color"]))) for s in steps
        ),
        base=Color(cast(str, base["color"])),
        texts=tuple(_texts(defaults)),
        links=(*_panel_links(tree), *_data_links(defaults)),
        width=width,
        height=height,
        stacked=_stacked(defaults),
        logs=kind is not PanelKind.LOGS and tree.get("datasource") == LOKI.reference,
        decimals=cast("int | None", defaults.get("decimals")),
        minimum=cast("float | None", defaults.get("min")),
        maximum=cast("float | None", defaults.get("max")),
        empty_reason=empty_reason,
    )


def _trees(value: object) -> list[Tree]:
    return cast(list[Tree], value)


def _column_units(config: Tree) -> dict[object, Unit]:
    """By legend: the unit that a column of a table has for itself."""
    return {
        cast(Tree, override["matcher"])["options"]: Unit(cast(str, setting["value"]))
        for override in _trees(config.get("overrides", []))
        for setting in _trees(override["properties"])
        if setting["id"] == "unit"
    }


def _queries(tree: Tree, kind: PanelKind, units: Mapping[object, Unit]) -> Iterator[Query]:
    for target in _trees(tree.get("targets") or []):
        legend = cast(str, target.get("legendFormat", ""))
        instant = target.get("instant") is True or target.get("queryType") == "instant"
        yield Query(
            expr=cast(str, target["expr"]),
            legend="" if legend == "__auto" else legend,
            instant=instant and kind is not PanelKind.TABLE,
            unit=units.get(legend),
        )


def _texts(defaults: Tree) -> Iterator[ValueText]:
    for mapping in _trees(defaults.get("mappings", [])):
        named = cast(dict[str, Tree], mapping["options"])
        for value, told in sorted(named.items(), key=lambda item: cast(int, item[1]["index"])):
            yield ValueText(
                value=int(value), text=cast(str, told["text"]), color=Color(cast(str, told["color"]))
            )


def _panel_links(tree: Tree) -> Iterator[Link]:
    for link in _trees(tree.get("links") or []):
        url, title = cast(str, link["url"]), cast(str, link["title"])
        page = _PANEL_URL.fullmatch(url)
        yield Link(title=title, dashboard=page[1]) if page else Link(title=title, url=url)


def _data_links(defaults: Tree) -> Iterator[Link]:
    for link in _trees(defaults.get("links") or []):
        page = _DATA_URL.fullmatch(cast(str, link["url"]))
        if page is None:
            raise DefinitionError("a link on its values leads out of Grafana")
        yield Link(title=cast(str, link["title"]), dashboard=page[1], by=tuple(_LABEL.findall(page[2])))


def _stacked(defaults: Tree) -> bool:
    custom = cast(Tree, defaults.get("custom", {}))
    return cast(Tree, custom.get("stacking", {})).get("mode") == "normal"
