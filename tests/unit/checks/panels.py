"""The sample platform's only panel, for the checks of dashboards."""

from __future__ import annotations

from dataclasses import replace

from support import sample

from platformctl.model.panel import Panel
from platformctl.model.platform import Platform

ROW = sample.DASHBOARD.rows[0]
PANEL = ROW.panels[0]


def with_panel(panel: Panel) -> Platform:
    """The sample platform with this panel in the place of its own."""
    dashboard = replace(sample.DASHBOARD, rows=(replace(ROW, panels=(panel,)),))
    return replace(sample.PLATFORM, dashboards=(dashboard,))
