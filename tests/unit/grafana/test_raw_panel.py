"""A panel in Grafana's own words."""

from __future__ import annotations

import json

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.dashboard_raw import RawPanel


def raw(**tree: object) -> RawPanel:
    return RawPanel(title="Raw", description="What is it?", json=json.dumps(tree))


def test_its_queries_and_their_source_are_seen() -> None:
    panel = raw(
        type="logs", targets=[{"expr": "{a=~`b`}", "queryType": "instant", "datasource": {"type": "loki"}}, 3]
    )
    assert [(query.expr, query.instant) for query in panel.queries] == [("{a=~`b`}", True)]
    assert panel.reads_logs
    assert not raw(type="news", targets={"expr": "no list"}).queries


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "no type"),
        ("{}", "no type"),
        ('{"type": 3}', "no type"),
        ('{"type": "row"}', "is a row"),
        ('{"type": "stat", "title": "again"}', "title twice"),
        ('{"type": "stat", "gridPos": {}}', "gridPos twice"),
    ],
)
def test_what_is_no_panel_is_refused_where_it_is_written(text: str, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        RawPanel(title="Raw", description="What is it?", json=text)


@pytest.mark.parametrize(
    "wrong", [{"width": 25}, {"width": 0}, {"height": 0}, {"title": " "}, {"description": ""}]
)
def test_it_fits_the_grid_and_says_what_it_is(wrong: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        RawPanel(**{"title": "Raw", "description": "What is it?", "json": '{"type": "news"}'} | wrong)
