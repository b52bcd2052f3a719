"""What we write is what present Grafana reads."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from unit.grafana import present_schema

from platformctl.model.dashboard import Dashboard
from platformctl.render.grafana_dashboard import to_json


def test_every_shipped_dashboard_fits_the_published_schema(
    shipped: tuple[Dashboard, ...], schemas: Path
) -> None:
    found = {d.uid: list(present_schema.problems(to_json(d), schemas)) for d in shipped}
    assert found == {uid: [] for uid in found}
    assert len(found) >= 7


def test_every_kind_of_panel_fits_the_published_schema(every_kind: Dashboard, schemas: Path) -> None:
    assert list(present_schema.problems(to_json(every_kind), schemas)) == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("schemaVersion",), "12"),
        (("rows",), []),
        (("panels", 1, "datasource"), "Prometheus"),
        (("panels", 1, "span"), 4),
        (("panels", 1, "options", "legend", "placement"), "under"),
        (("panels", 1, "fieldConfig", "defaults", "custom", "fillOpacity"), "much"),
        (("panels", 1, "targets", 0, "step"), 10),
    ],
)
def test_a_planted_fault_is_found(
    every_kind: Dashboard, schemas: Path, place: tuple[str | int, ...], wrong: object
) -> None:
    dashboard = copy.deepcopy(to_json(every_kind))
    node: object = dashboard
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = wrong
    assert list(present_schema.problems(dashboard, schemas))
