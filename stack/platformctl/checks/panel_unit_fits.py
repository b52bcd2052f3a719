"""A panel that shows seconds or bytes says so: its unit is that of the metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from platformctl.checks._expressions import Expression, filled
from platformctl.checks._units import unit_of
from platformctl.model.dashboard import Dashboard
from platformctl.model.panel import Panel, PanelKind, Unit
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_FITTING: Final[Mapping[str, frozenset[Unit]]] = {
    "seconds": frozenset({Unit.SECONDS, Unit.DATE_TIME}),
    "bytes": frozenset({Unit.BYTES}),
    "bytes/s": frozenset({Unit.BYTES_PER_SECOND}),
}


def panel_unit_fits(platform: Platform) -> Iterator[Problem]:
    """One problem for each query whose values have another unit than the panel, or the column, says."""
    for dashboard in platform.dashboards:
        for panel in dashboard.panels:
            if isinstance(panel, Panel) and not panel.reads_logs and panel.kind is not PanelKind.HEATMAP:
                yield from _misfits(platform, dashboard, panel)


def _misfits(platform: Platform, dashboard: Dashboard, panel: Panel) -> Iterator[Problem]:
    for query in panel.queries:
        tree = Expression("", filled(query.expr), "").parsed()
        measured = unit_of(tree) if tree else None
        shown = query.unit or panel.unit
        if measured and shown not in _FITTING[measured]:
            yield Problem(
                check="panel_unit_fits",
                what=f"panel {panel.title!r} of {dashboard.uid} shows {measured} as {shown.name}",
                where=platform.origin("dashboard", dashboard.uid),
                fix=f"unit=Unit.{min(_FITTING[measured]).name}",
            )
