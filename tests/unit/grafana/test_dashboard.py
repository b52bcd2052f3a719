"""Dashboards as Grafana's JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from unit.grafana.present_schema import panels

from platformctl.model.dashboard import Dashboard, Row
from platformctl.render._json import json_artifact
from platformctl.render.grafana_dashboard import to_json

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "grafana" / "every-kind.json"


def test_every_kind_of_panel_comes_out_as_it_was_read_and_approved(
    every_kind: Dashboard, request: pytest.FixtureRequest
) -> None:
    written = json_artifact("every-kind.json", to_json(every_kind), sort_keys=True).content.decode()
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(written)
    assert written == GOLDEN.read_text()


def test_no_two_panels_overlap_and_none_leaves_the_grid(shipped: tuple[Dashboard, ...]) -> None:
    for dashboard in shipped:
        boxes = [panel["gridPos"] for panel in to_json(dashboard)["panels"]]
        assert all(box["x"] >= 0 and box["x"] + box["w"] <= 24 for box in boxes)
        assert not [pair for pair in combinations(boxes, 2) if _overlap(*pair)]


def _overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    apart_x = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
    apart_y = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
    return not (apart_x or apart_y)


def test_adding_a_panel_changes_no_other_panels_id(every_kind: Dashboard) -> None:
    first = every_kind.rows[0]
    added = replace(first.panels[0], title="A newcomer")
    longer = replace(every_kind, rows=(replace(first, panels=(added, *first.panels)), *every_kind.rows[1:]))
    before = {panel["title"]: panel["id"] for panel in panels(to_json(every_kind))}
    after = {panel["title"]: panel["id"] for panel in panels(to_json(longer))}
    assert before.items() <= after.items()


def test_ids_are_unique_in_a_dashboard(shipped: tuple[Dashboard, ...]) -> None:
    for dashboard in shipped:
        ids = [panel["id"] for panel in panels(to_json(dashboard))]
        assert len(ids) == len(set(ids))


def test_a_datasource_is_always_a_reference_through_a_variable(shipped: tuple[Dashboard, ...]) -> None:
    for dashboard in shipped:
        tree = to_json(dashboard)
        names = {variable["name"] for variable in tree["templating"]["list"]}
        for reference in _references(tree):
            assert reference["uid"] in {"${datasource}", "${loki}", "-- Grafana --"}
        if "${loki}" in json.dumps(tree):
            assert "loki" in names


def _references(tree: object) -> list[dict[str, str]]:
    if isinstance(tree, list):
        return [found for item in tree for found in _references(item)]
    if isinstance(tree, dict):
        here = [value for key, value in tree.items() if key == "datasource"]
        return here + [found for value in tree.values() for found in _references(value)]
    return []


def test_nothing_is_null_but_the_base_of_thresholds(every_kind: Dashboard) -> None:
    def nulls(tree: object, path: str) -> list[str]:
        if tree is None:
            return [path]
        if isinstance(tree, list):
            return [p for item in tree for p in nulls(item, path)]
        if isinstance(tree, dict):
            return [p for key, value in tree.items() for p in nulls(value, f"{path}/{key}")]
        return []

    places = set(nulls(to_json(every_kind), ""))
    assert {place.rpartition("fieldConfig")[2] for place in places} == {"/defaults/thresholds/steps/value"}


def test_a_link_by_label_carries_the_label_and_the_time_range(every_kind: Dashboard) -> None:
    by_type = {panel["type"]: panel for panel in panels(to_json(every_kind))}
    link = by_type["timeseries"]["fieldConfig"]["defaults"]["links"][0]["url"]
    assert link == "/d/tenant-detail?var-tenant=${__field.labels.tenant:percentencode}&${__url_time_range}"
    cell = by_type["table"]["fieldConfig"]["defaults"]["links"][0]["url"]
    assert "${__data.fields.tenant:percentencode}" in cell


def test_panels_that_do_not_fit_a_line_start_the_next(every_kind: Dashboard) -> None:
    wide = tuple(replace(every_kind.rows[0].panels[0], title=title, width=16) for title in "abc")
    tree = to_json(replace(every_kind, rows=(Row(title="Wide", panels=wide),)))
    assert [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in tree["panels"]] == [
        (0, 0),
        (0, 1),
        (0, 7),
        (0, 13),
    ]


def test_a_panel_that_may_be_empty_says_why(every_kind: Dashboard) -> None:
    first = every_kind.rows[0]
    quiet = replace(first.panels[0], empty_reason="nothing happened")
    tree = to_json(replace(every_kind, rows=(replace(first, panels=(quiet,)),)))
    assert "May be empty: nothing happened" in tree["panels"][1]["description"]
    assert tree["panels"][1]["fieldConfig"]["defaults"]["noValue"] == "nothing happened"
