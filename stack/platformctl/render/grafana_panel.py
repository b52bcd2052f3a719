"""One panel as a grafanalib object in the shape of present Grafana.

grafanalib's classes serve where their shape still fits; gauge, bar gauge, heatmap and table have changed
since, and are built from the generic panel.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from grafanalib import core

from platformctl.model.panel import Link, Panel, PanelKind, Query
from platformctl.render.grafana_field import field_config

Options: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of datasource, and the dashboard variable that chooses one of that kind."""

    type: str
    variable: str

    @property
    def reference(self) -> dict[str, str]:
        """What panels and targets say; no uid of one installation is written into a dashboard."""
        return {"type": self.type, "uid": f"${{{self.variable}}}"}


PROMETHEUS: Final = Source("prometheus", "datasource")
LOKI: Final = Source("loki", "loki")


class _PresentPanel(core.Panel):  # type: ignore[misc] # grafanalib is untyped
    """A panel of any type: everything that makes it one is in its `extraJson`."""

    def to_json_data(self) -> object:
        """What grafanalib's encoder asks of every object."""
        return self.panel_json({})


def build(panel: Panel, place: core.GridPos, number: int) -> core.Panel:
    """The panel at its place, with its id."""
    source = LOKI if panel.reads_logs else PROMETHEUS
    return _BUILDERS[panel.kind](
        panel,
        {
            "title": panel.title,
            "description": _description(panel),
            "gridPos": place,
            "id": number,
            "dataSource": source.reference,
            "targets": [_target(panel, query, source, index) for index, query in enumerate(panel.queries)],
            "links": [_panel_link(link) for link in panel.links if not link.by],
            "maxDataPoints": None,
        },
    )


def _description(panel: Panel) -> str:
    return (
        f"{panel.description}\n\nMay be empty: {panel.empty_reason}"
        if panel.empty_reason
        else panel.description
    )


def _target(panel: Panel, query: Query, source: Source, index: int) -> Options:
    target: Options = {
        "datasource": source.reference,
        "editorMode": "code",
        "expr": query.expr,
        "refId": string.ascii_uppercase[index],
    }
    if source is LOKI:
        legend = {"legendFormat": query.legend} if query.legend else {}
        return target | legend | {"queryType": "instant" if query.instant else "range"}
    instant = query.instant or panel.kind is PanelKind.TABLE
    formats = {PanelKind.TABLE: "table", PanelKind.HEATMAP: "heatmap"}
    return target | {
        "format": formats.get(panel.kind, "time_series"),
        "instant": instant,
        "legendFormat": query.legend or "__auto",
        "range": not instant,
    }


def _panel_link(link: Link) -> Options:
    url = f"/d/{link.dashboard}?${{__url_time_range}}&${{__all_variables}}" if link.dashboard else link.url
    return {"title": link.title, "url": url, "targetBlank": bool(link.url)}


_LEGEND: Final = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
_REDUCE: Final = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def _options(panel: Panel, options: Mapping[str, object]) -> Options:
    """What a grafanalib class does not know: the field configuration, and options that came later."""
    return {"fieldConfig": field_config(panel), "options": dict(options)}


def _timeseries(panel: Panel, common: Options) -> core.Panel:
    many = len(panel.queries) > 1 or any("{{" in query.legend for query in panel.queries)
    legend = _LEGEND | {"displayMode": "table", "calcs": ["lastNotNull", "max"]} if many else _LEGEND
    extra = _options(panel, {"legend": legend})
    return core.TimeSeries(**common, tooltipMode="multi", tooltipSort="desc", extraJson=extra)


def _stat(panel: Panel, common: Options) -> core.Panel:
    later = {"percentChangeColorMode": "standard", "showPercentChange": False, "wideLayout": True}
    history = not all(query.instant for query in panel.queries)
    return core.Stat(
        **common,
        graphMode="area" if history else "none",
        colorMode="background" if panel.texts else "value",
        reduceCalc="lastNotNull",
        thresholds=[],
        extraJson=_options(panel, later),
    )


def _state_timeline(panel: Panel, common: Options) -> core.Panel:
    return core.StateTimeline(
        **common, showValue="never", extraJson=_options(panel, {"legend": _LEGEND, "perPage": 20})
    )


def _pie(panel: Panel, common: Options) -> core.Panel:
    legend = {"calcs": [], "displayMode": "table", "placement": "right", "showLegend": True}
    later = {"orientation": "auto", "displayLabels": ["percent"], "legend": legend}
    return core.PieChartv2(
        **common, pieType="donut", legendValues=["value", "percent"], extraJson=_options(panel, later)
    )


def _logs(panel: Panel, common: Options) -> core.Panel:
    return core.Logs(
        **common,
        showTime=True,
        wrapLogMessages=True,
        enableLogDetails=True,
        extraJson=_options(panel, {"showLogContextToggle": True}),
    )


def _text(panel: Panel, common: Options) -> core.Panel:
    return core.Text(**common, content=panel.text, extraJson={"fieldConfig": {"defaults": {}}})


def _gauge(panel: Panel, common: Options) -> core.Panel:
    options = {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": _REDUCE,
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }
    return _present(panel, common, options)


def _bar_gauge(panel: Panel, common: Options) -> core.Panel:
    options = {
        "displayMode": "basic",
        "legend": _LEGEND | {"showLegend": False},
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": _REDUCE,
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }
    return _present(panel, common, options)


def _heatmap(panel: Panel, common: Options) -> core.Panel:
    options = {
        "calculate": False,
        "cellGap": 1,
        "color": {
            "exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": False, "scale": "exponential",
            "scheme": "Oranges", "steps": 64,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": panel.unit.value},
    }  # fmt: skip
    return _present(panel, common, options)


def _table(panel: Panel, common: Options) -> core.Panel:
    """One row for each label set, one column for each query, the first query's largest value on top."""
    single = len(panel.queries) == 1
    titles = {
        "Value" if single else f"Value #{string.ascii_uppercase[index]}": query.legend
        for index, query in enumerate(panel.queries)
    }
    organize = {
        "excludeByName": {"Time": True},
        "includeByName": {},
        "indexByName": {},
        "renameByName": titles,
    }
    options = {
        "cellHeight": "sm",
        "frameIndex": 0,
        "showHeader": True,
        "sortBy": [{"displayName": panel.queries[0].legend, "desc": True}],
    }
    steps = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    return _present(panel, common | {"transformations": steps}, options)


def _present(panel: Panel, common: Options, options: Options) -> core.Panel:
    extra = {"type": panel.kind.value, "options": options, "fieldConfig": field_config(panel)}
    return _PresentPanel(**common, extraJson=extra)


_BUILDERS: Final[Mapping[PanelKind, Callable[[Panel, Options], core.Panel]]] = {
    PanelKind.TIMESERIES: _timeseries,
    PanelKind.STAT: _stat,
    PanelKind.TABLE: _table,
    PanelKind.GAUGE: _gauge,
    PanelKind.BAR_GAUGE: _bar_gauge,
    PanelKind.HEATMAP: _heatmap,
    PanelKind.STATE_TIMELINE: _state_timeline,
    PanelKind.PIE: _pie,
    PanelKind.LOGS: _logs,
    PanelKind.TEXT: _text,
}
