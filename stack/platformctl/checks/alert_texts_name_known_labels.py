"""The labels that an alert's texts, links and tests name are labels that the alert has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.checks._expressions import known_series
from platformctl.checks._promql import Series
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.rollout import variants
from platformctl.model.rules import AlertRule

_LABEL: Final = re.compile(r"\$labels\.(\w+)")
_BY_FIELD: Final = frozenset({"alertname", "severity", "team"})


def alert_texts_name_known_labels(platform: Platform) -> Iterator[Problem]:
    """One problem for each label in a text of an alert that would be empty in every page."""
    series = known_series(platform)
    for alert in platform.metric_alerts:
        labels = _labels(alert, series)
        if labels is None:
            continue
        for place, label in dict.fromkeys(_named(alert)):
            if label not in labels:
                yield Problem(
                    check="alert_texts_name_known_labels",
                    what=f"{place} of {alert.name} names the label {label!r}, which the alert does not have",
                    where=platform.origin("alert", alert.name),
                    fix=f"it has: {', '.join(sorted(labels))}",
                )


def _labels(alert: AlertRule, series: Series) -> frozenset[str] | None:
    """The labels of the alert; None where they cannot be known."""
    result = series.labels_of(alert.expr)
    by_rule = {label for rule in variants(alert) for label in rule.labels}
    return None if result is None else result | _BY_FIELD | by_rule


def _named(alert: AlertRule) -> Iterator[tuple[str, str]]:
    texts = {"summary": alert.summary, "description": alert.description}
    if alert.logs:
        texts["log query"] = alert.logs.query
    for place, text in texts.items():
        yield from ((place, label) for label in _LABEL.findall(text))
    yield from (("dashboard link", label) for label in alert.dashboard.variables.values())
    for test in alert.tests:
        yield from (("a test", label) for labels in test.firing for label in labels)
