"""Every PromQL expression of a platform, with the place it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import promql_parser as promql

from platformctl.checks._promql import Labels, Series
from platformctl.model import macros
from platformctl.model.dashboard import Dashboard, Variable
from platformctl.model.metric import MetricType
from platformctl.model.platform import Platform, Runbook

TARGET_LABELS: Final = frozenset({"job", "instance"})
"""The labels that come with every scrape."""

_PROMQL_BLOCK: Final = re.compile(r"^```promql\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BETWEEN_QUERIES: Final = re.compile(r"^(?:#.*|[ \t]*)\n", re.MULTILINE)
_ANY_LABELS: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: `owner` names what it belongs to, `where` the place of that."""

    owner: str
    text: str
    where: str

    def parsed(self) -> promql.Expr | None:
        """The expression's tree; None where it is not PromQL (`promql_parses` says so)."""
        try:
            return promql.parse(self.text)
        except ValueError:
            return None


def expressions(platform: Platform) -> Iterator[Expression]:
    """The expressions of recording rules, alerts, dashboards and runbooks; log queries are not PromQL."""
    for rule in platform.recording_rules:
        yield Expression(rule.name, rule.expr, platform.origin("recording rule", rule.name))
    for alert in platform.metric_alerts:
        yield Expression(alert.name, alert.expr, platform.origin("alert", alert.name))
    for dashboard in platform.dashboards:
        where = platform.origin("dashboard", dashboard.uid)
        for owner, text in dashboard_queries(dashboard):
            yield Expression(f"{owner} of {dashboard.uid}", filled(text), where)
    for page in platform.runbooks:
        for query in queries_of(page):
            yield Expression(f"a query of the runbook {page.name}", query, page.path)


def queries_of(page: Runbook) -> Iterator[str]:
    """The queries in the page's PromQL blocks; a comment or a blank line stands between two."""
    for block in _PROMQL_BLOCK.findall(page.text):
        yield from (query for query in _BETWEEN_QUERIES.split(block) if query.strip())


def dashboard_queries(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """What each PromQL text of the dashboard belongs to, and the text, with its macros and variables."""
    for variable in dashboard.variables:
        yield f"variable {variable.name!r}", selection(variable)
    for annotation in dashboard.annotations:
        yield f"annotation {annotation.name!r}", annotation.expr
    for panel in dashboard.panels:
        if not panel.reads_logs:
            yield from ((f"panel {panel.title!r}", query.expr) for query in panel.queries)


def selection(variable: Variable) -> str:
    """PromQL that asks what the variable's ``label_values()`` asks."""
    matchers = ", ".join(f'{label}=~"{value}"' for label, value in variable.where.items())
    return f"group by ({variable.of}) ({variable.metric}{{{matchers}}})"


def filled(text: str) -> str:
    """The text with a duration for every macro, and some value for every variable."""
    return macros.fill(text, {**dict.fromkeys(macros.names(text), "any"), **macros.SAMPLE})


def known_series(platform: Platform) -> Series:
    """The labels of every series in the catalogue and of every recording rule."""
    labels: dict[str, Labels] = dict.fromkeys(_ANY_LABELS)
    for metric in platform.metrics:
        if metric.name not in _ANY_LABELS:
            base = TARGET_LABELS | frozenset(metric.labels)
            labels.update(dict.fromkeys(metric.series_names, base))
            if metric.type is MetricType.HISTOGRAM:
                labels[f"{metric.name}_bucket"] = base | {"le"}
            if metric.type is MetricType.SUMMARY:
                labels[metric.name] = base | {"quantile"}
    labels.update(dict.fromkeys(rule.name for rule in platform.log_recording_rules))
    for rule in platform.recording_rules:  # in order: a rule may read those before it
        result = Series(labels).labels_of(rule.expr)
        recorded = None if result is None else result | rule.labels.keys()
        earlier = labels.get(rule.name, frozenset())
        labels[rule.name] = None if recorded is None or earlier is None else earlier | recorded
    return Series(labels)
