"""The dashboards of this repository, and a small one that shows every kind of panel."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText
from platformctl.sources import modules

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def shipped() -> tuple[Dashboard, ...]:
    """Every dashboard in dashboards_src/."""
    return tuple(
        dashboard
        for definitions in modules.load_folder(REPOSITORY, "dashboards_src")
        for dashboard in definitions.values("DASHBOARDS", Dashboard)
    )


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Grafana's published JSON Schemas, which lie beside the checkout on a development machine."""
    for parent in REPOSITORY.parents:
        folder = parent / "shared" / "schemas" / "grafana"
        if folder.is_dir():
            return folder
    pytest.skip("Grafana's JSON Schemas (shared/schemas/grafana) are not on this machine")


def _panel(kind: PanelKind) -> Panel:
    texts = (
        ValueText(value=0, text="down", color=Color.RED),
        ValueText(value=1, text="up", color=Color.GREEN),
    )
    queries = {
        PanelKind.TEXT: (),
        PanelKind.LOGS: (Query(expr='{tenant="$tenant"} |= "x"'),),
        PanelKind.TABLE: (
            Query(expr="sum by (tenant) (up)", legend="Up"),
            Query(expr="sum by (tenant) (up) * 2", legend="Twice", unit=Unit.RATIO),
        ),
        PanelKind.HEATMAP: (
            Query(expr="sum by (le) (increase(x_bucket[$__rate_interval]))", legend="{{le}}"),
        ),
    }
    return Panel(
        title=f"A {kind}",
        description="What does it look like?",
        kind=kind,
        queries=queries.get(kind, (Query(expr='up{tenant=~"$tenant"}', legend="{{tenant}}"),)),
        text="**Hello**" if kind is PanelKind.TEXT else "",
        unit=Unit.SECONDS,
        thresholds=(Threshold(value=0.5, color=Color.YELLOW), Threshold(value=0.9, color=Color.RED)),
        texts=texts if kind is PanelKind.STATE_TIMELINE else (),
        links=(
            Link(title="Tenant", dashboard="tenant-detail", by=("tenant",)),
            Link(title="Overview", dashboard="platform-overview"),
        ),
        minimum=0,
        maximum=1,
        decimals=1,
        stacked=kind is PanelKind.TIMESERIES,
        width=8,
        height=6,
    )


@pytest.fixture(scope="session")
def every_kind() -> Dashboard:
    """One panel of each kind, in an open and a collapsed row."""
    kinds = list(PanelKind)
    return Dashboard(
        uid="every-kind",
        title="Every kind of panel",
        question="Does every kind of panel come out right?",
        audience=Audience.OPERATIONS,
        variables=(
            Variable(name="vertical", label="Vertical", metric="tenant_info", of="vertical"),
            Variable(
                name="tenant",
                label="Tenant",
                metric="tenant_info",
                of="tenant",
                where={"vertical": "$vertical"},
                multi=False,
                default="grand-hotel",
            ),
        ),
        rows=(
            Row(title="Open", panels=tuple(_panel(kind) for kind in kinds[:5])),
            Row(title="Closed", panels=tuple(_panel(kind) for kind in kinds[5:]), collapsed=True),
        ),
        annotations=(
            Annotation(name="Deployments", expr="changes(build_info[5m]) > 0", title="{{version}}"),
        ),
        links=(Link(title="Manual", url="https://example.com/manual"),),
        tags=("sample",),
    )
