"""One dashboard as the JSON that present Grafana (11-13) loads without a migration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from platformctl.model.dashboard import Annotation, Dashboard, Row, Variable
from platformctl.model.dashboard_raw import RawPanel
from platformctl.model.maintenance import SERIES as MAINTENANCE
from platformctl.model.panel import GRID_COLUMNS, Color, Link, Panel
from platformctl.render import grafana_panel, grafana_schema
from platformctl.render.grafana_panel import LOKI, PROMETHEUS

_ROW_HEIGHT: Final = 1
_SHARED_CROSSHAIR: Final = 1
_REFRESH_ON_TIME_RANGE: Final = 2
_ALL: Final = "$__all"
# Ids stay small enough to read, and far enough apart that collisions are rare.
_ID_SPACE: Final = 100_000
_REFRESH_CHOICES: Final = ("10s", "30s", "1m", "5m", "15m", "1h")


def to_json(dashboard: Dashboard) -> dict[str, object]:
    """The dashboard as plain data: the same dashboard gives the same data, ids and layout included."""
    built = core.Dashboard(
        uid=dashboard.uid,
        title=dashboard.title,
        description=dashboard.question,
        tags=sorted({"platformctl", dashboard.audience.value, *dashboard.tags}),
        time=core.Time(f"now-{dashboard.span}", "now"),
        refresh=str(dashboard.refresh),
        timePicker=core.TimePicker(refreshIntervals=list(_REFRESH_CHOICES), timeOptions=[]),
        timezone="browser",
        graphTooltip=_SHARED_CROSSHAIR,
        panels=list(_panels(dashboard)),
        templating=core.Templating(list=list(_variables(dashboard))),
        annotations=core.Annotations(list=list(_annotations(dashboard))),
        links=[_link(link) for link in dashboard.links],
    )
    tree = json.loads(json.dumps(built.to_json_data(), cls=DashboardEncoder))
    return grafana_schema.present(tree)


def panel_to_json(panel: Panel) -> dict[str, object]:
    """One panel as plain data, without its place and its id."""
    built = grafana_panel.build(panel, core.GridPos(h=panel.height, w=panel.width, x=0, y=0), 0)
    tree = grafana_schema.present_panel(json.loads(json.dumps(built, cls=DashboardEncoder)))
    return {key: value for key, value in tree.items() if key not in ("gridPos", "id")}


def _panels(dashboard: Dashboard) -> Iterator[core.Panel]:
    """Rows and panels with their places: from left to right, a new line where the next does not fit."""
    ids = _Ids()
    y = 0
    for row in dashboard.rows:
        place = core.GridPos(h=_ROW_HEIGHT, w=GRID_COLUMNS, x=0, y=y)
        members = []
        for panel, x, top in _flow(row, y + _ROW_HEIGHT):
            box = core.GridPos(h=panel.height, w=panel.width, x=x, y=top)
            members.append(_built(panel, box, ids.take(f"{row.title}/{panel.title}")))
            y = max(y, top + panel.height)
        nested = members if row.collapsed else []
        yield core.RowPanel(
            title=row.title, gridPos=place, id=ids.take(row.title), collapsed=row.collapsed, panels=nested
        )
        if row.collapsed:
            y = place.y + _ROW_HEIGHT
        else:
            yield from members


def _built(panel: Panel | RawPanel, box: core.GridPos, number: int) -> core.Panel | dict[str, object]:
    if isinstance(panel, Panel):
        return grafana_panel.build(panel, box, number)
    told = {"title": panel.title, "description": panel.description, "gridPos": box, "id": number}
    return {"type": "raw", "raw": panel.tree | told}


def _flow(row: Row, top: int) -> Iterator[tuple[Panel | RawPanel, int, int]]:
    x = tallest = 0
    for panel in row.panels:
        if x + panel.width > GRID_COLUMNS:
            x, top, tallest = 0, top + tallest, 0
        yield panel, x, top
        x, tallest = x + panel.width, max(tallest, panel.height)


class _Ids:
    """Panel ids made from titles: adding or moving a panel changes no other's, so links to panels last."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self, name: str) -> int:
        number = crc32(name.encode()) % _ID_SPACE + 1
        while number in self._taken:
            number += 1
        self._taken.add(number)
        return number


def _variables(dashboard: Dashboard) -> Iterator[core.Template]:
    yield _datasource_variable(PROMETHEUS, "Metrics from")
    if any(panel.reads_logs for panel in dashboard.panels):
        yield _datasource_variable(LOKI, "Logs from")
    for variable in dashboard.variables:
        yield _query_variable(variable)


def _datasource_variable(source: grafana_panel.Source, label: str) -> core.Template:
    return core.Template(
        name=source.variable, label=label, type="datasource", query=source.type, default=source.type
    )


def _query_variable(variable: Variable) -> core.Template:
    default = variable.default or (_ALL if variable.multi else None)
    return core.Template(
        name=variable.name,
        label=variable.label,
        type="query",
        query=variable.query,
        dataSource=PROMETHEUS.reference,
        refresh=_REFRESH_ON_TIME_RANGE,
        multi=variable.multi,
        includeAll=variable.multi,
        allValue=".+" if variable.multi else None,
        default=[default] if variable.multi else default,
    )


def _annotations(dashboard: Dashboard) -> Iterator[dict[str, object]]:
    yield {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "blue",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }
    yield _annotation(_maintenance(dashboard))
    for annotation in dashboard.annotations:
        yield _annotation(annotation)


def _maintenance(dashboard: Dashboard) -> Annotation:
    """Announced work; on a dashboard of one tenant, the tenant's and what is for no tenant in particular."""
    chosen = '{tenant=~"|$tenant"}' if any(v.name == "tenant" for v in dashboard.variables) else ""
    return Annotation(
        name="Maintenance",
        expr=f"{MAINTENANCE}{chosen}",
        title="{{reason}} ({{window}})",
        color=Color.BLUE,
    )


def _annotation(annotation: Annotation) -> dict[str, object]:
    return {
        "datasource": PROMETHEUS.reference,
        "enable": True,
        "expr": annotation.expr,
        "iconColor": annotation.color.value,
        "name": annotation.name,
        "titleFormat": annotation.title,
    }


def _link(link: Link) -> core.DashboardLink:
    return core.DashboardLink(
        title=link.title,
        type="link",
        icon="dashboard" if link.dashboard else "external link",
        uri=f"/d/{link.dashboard}" if link.dashboard else link.url,
        includeVars=bool(link.dashboard),
        keepTime=bool(link.dashboard),
        targetBlank=bool(link.url),
    )
