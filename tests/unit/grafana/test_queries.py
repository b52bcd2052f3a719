"""The queries of the shipped dashboards: they parse, and they name only what is measured."""

from __future__ import annotations

import pytest
from unit.grafana.conftest import REPOSITORY

from platformctl.checks._expressions import expressions, known_series
from platformctl.checks.labels_are_known import labels_are_known
from platformctl.checks.metrics_are_known import metrics_are_known
from platformctl.checks.promql_parses import promql_parses
from platformctl.model.dashboard import Dashboard, Variable
from platformctl.model.platform import Platform
from platformctl.sources import catalogue
from platformctl.sources.definitions import load_platform

LABELS_OF_AN_ALERT = ("alertname", "alertstate", "severity", "team")


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load_platform(REPOSITORY)


@pytest.mark.parametrize("check", [promql_parses, metrics_are_known, labels_are_known])
def test_every_query_parses_and_names_only_what_is_measured(platform: Platform, check) -> None:
    ours = {platform.origin("dashboard", dashboard.uid) for dashboard in platform.dashboards}
    assert [problem for problem in check(platform) if problem.where in ours] == []


def test_the_checks_see_the_queries_of_every_dashboard(platform: Platform) -> None:
    seen = {expression.where for expression in expressions(platform)}
    assert {platform.origin("dashboard", dashboard.uid) for dashboard in platform.dashboards} <= seen


def test_every_variable_is_filled_from_a_metric_and_a_label_that_exist(
    shipped: tuple[Dashboard, ...], platform: Platform
) -> None:
    known = known_series(platform).labels
    labels = {
        name: {*m.labels, "job", "instance"} for m in catalogue.load() for name in (m.name, *m.series_names)
    }
    labels |= {name: set(known[name] or ()) for name in (rule.name for rule in platform.recording_rules)}
    labels["ALERTS"] = {*LABELS_OF_AN_ALERT}
    variables: list[Variable] = [variable for dashboard in shipped for variable in dashboard.variables]
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
