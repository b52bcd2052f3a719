"""How Grafana shows the values of a panel: unit, colours, thresholds, names of values, links on a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from platformctl.model.panel import Link, Panel, PanelKind

Config: TypeAlias = dict[str, object]

_THRESHOLD_COLORED: Final = frozenset({
    PanelKind.STAT, PanelKind.GAUGE, PanelKind.BAR_GAUGE, PanelKind.STATE_TIMELINE, PanelKind.TABLE,
})  # fmt: skip
_VISIBLE: Final = {"legend": False, "tooltip": False, "viz": False}


def field_config(panel: Panel) -> Config:
    """The panel's `fieldConfig`."""
    mode = "thresholds" if panel.kind in _THRESHOLD_COLORED else "palette-classic"
    defaults: Config = {
        "color": {"mode": mode},
        "custom": _custom(panel),
        "decimals": panel.decimals,
        "links": [_data_link(panel, link) for link in panel.links if link.by],
        "mappings": _mappings(panel),
        "max": panel.maximum,
        "min": panel.minimum,
        "noValue": panel.empty_reason or None,
        "thresholds": {"mode": "absolute", "steps": list(_steps(panel))},
        "unit": panel.unit.value,
    }
    return {"defaults": defaults, "overrides": list(_overrides(panel))}


def _steps(panel: Panel) -> Iterator[Config]:
    yield {"color": panel.base.value, "value": None}
    for threshold in panel.thresholds:
        yield {"color": threshold.color.value, "value": threshold.value}


def _mappings(panel: Panel) -> list[Config]:
    if not panel.texts:
        return []
    options = {
        str(text.value): {"color": text.color.value, "index": index, "text": text.text}
        for index, text in enumerate(panel.texts)
    }
    return [{"type": "value", "options": options}]


def _custom(panel: Panel) -> Config:
    match panel.kind:
        case PanelKind.TIMESERIES:
            return {
                "fillOpacity": 40 if panel.stacked else 10,
                "hideFrom": _VISIBLE,
                "showPoints": "never",
                "stacking": {"group": "A", "mode": "normal" if panel.stacked else "none"},
                "thresholdsStyle": {"mode": "dashed" if panel.thresholds else "off"},
            }
        case PanelKind.TABLE:
            return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}
        case PanelKind.STATE_TIMELINE:
            return {"hideFrom": _VISIBLE}
        case PanelKind.HEATMAP:
            return {"hideFrom": _VISIBLE, "scaleDistribution": {"type": "linear"}}
        case PanelKind.PIE:
            return {"hideFrom": _VISIBLE}
        case _:
            return {}


def _overrides(panel: Panel) -> Iterator[Config]:
    """For tables: each column's own unit; thresholds colour the columns that have the panel's."""
    for query in panel.queries:
        properties: list[Config] = []
        if query.unit:
            properties.append({"id": "unit", "value": query.unit.value})
        elif panel.kind is PanelKind.TABLE and panel.thresholds:
            properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
        if properties:
            yield {"matcher": {"id": "byName", "options": query.legend}, "properties": properties}


def _data_link(panel: Panel, link: Link) -> Config:
    """A link on a value: the labels of its series (in a table, the cells of its row) become variables."""
    holder = "__data.fields" if panel.kind is PanelKind.TABLE else "__field.labels"
    chosen = "&".join(f"var-{label}=${{{holder}.{label}:percentencode}}" for label in link.by)
    return {"title": link.title, "url": f"/d/{link.dashboard}?{chosen}&${{__url_time_range}}"}
