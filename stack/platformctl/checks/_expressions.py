"""Every PromQL expression of a platform, with the place it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import promql_parser as promql

from platformctl.checks._promql import Labels, Series
from platformctl.model.dashboard import Dashboard
from platformctl.model.metric import MetricType
from platformctl.model.panel import PanelKind, Query
from platformctl.model.platform import Platform

TARGET_LABELS: Final = frozenset({"job", "instance"})
"""The labels that come with every scrape."""

_ANY_LABELS: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_MACROS: Final = (
    (re.compile(r"\$__rate_interval\b|\$__interval\b|\$\{__rate_interval\}|\$\{__interval\}"), "5m"),
    (re.compile(r"\$__range\b|\$\{__range\}"), "1h"),
)


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
    """The expressions of recording rules, alerts and dashboard panels; log queries are not PromQL."""
    for rule in platform.recording_rules:
        yield Expression(rule.name, rule.expr, platform.origin("recording rule", rule.name))
    for alert in platform.alerts:
        yield Expression(alert.name, alert.expr, platform.origin("alert", alert.name))
    for dashboard in platform.dashboards:
        where = platform.origin("dashboard", dashboard.uid)
        for title, query in _queries(dashboard):
            yield Expression(f"panel {title!r} of {dashboard.uid}", without_macros(query.expr), where)


def without_macros(expr: str) -> str:
    """The expression with Grafana's duration macros replaced by durations."""
    for macro, duration in _MACROS:
        expr = macro.sub(duration, expr)
    return expr


def known_series(platform: Platform) -> Series:
    """The labels of every series in the catalogue and of every recording rule."""
    labels: dict[str, Labels] = dict.fromkeys(_ANY_LABELS)
    for metric in platform.metrics:
        if metric.name not in _ANY_LABELS:
            base = TARGET_LABELS | set(metric.labels)
            labels |= dict.fromkeys(metric.series_names, base)
            if metric.type is MetricType.HISTOGRAM:
                labels[f"{metric.name}_bucket"] = base | {"le"}
            if metric.type is MetricType.SUMMARY:
                labels[metric.name] = base | {"quantile"}
    for rule in platform.recording_rules:  # in order: a rule may read those before it
        try:
            result = Series(labels).result(promql.parse(rule.expr)).labels
        except ValueError:
            result = None
        recorded = None if result is None else result | rule.labels.keys()
        earlier = labels.get(rule.name, frozenset())
        labels[rule.name] = None if recorded is None or earlier is None else earlier | recorded
    return Series(labels)


def _queries(dashboard: Dashboard) -> Iterator[tuple[str, Query]]:
    for row in dashboard.rows:
        for panel in row.panels:
            if panel.kind is not PanelKind.LOGS:
                yield from ((panel.title, query) for query in panel.queries)
