"""The unit tests of the alerts, as ``promtool test rules`` runs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.rollout import variants
from platformctl.model.rules import AlertArea, AlertRule, AlertTest
from platformctl.model.site import Site
from platformctl.model.units import Duration
from platformctl.render._yaml import yaml_artifact
from platformctl.render.rules import alert_group, alert_labels, recording_group, rule_path

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """One test file for each area that has alerts."""
    for area in platform.areas:
        if area.alerts:
            yield yaml_artifact(test_path(area), _document(area, platform))


def test_path(area: AlertArea) -> str:
    """The path of the area's test file in the release."""
    return f"prometheus/tests/{area.name}.test.yml"


def _document(area: AlertArea, platform: Platform) -> dict[str, object]:
    used = tuple(_used_areas(area, platform))
    return {
        "rule_files": [rule_path(a).replace("prometheus/", "../") for a in used],
        "evaluation_interval": str(_interval(area, used)),
        "group_eval_order": [
            *(recording_group(a) for a in used if a.recording_rules),
            *(alert_group(a) for a in used if a.alerts),
        ],
        "tests": [_test(alert, test) for alert in area.alerts for test in alert.tests],
    }


def _interval(area: AlertArea, used: tuple[AlertArea, ...]) -> Duration:
    """As often as the rules are evaluated, but not more often than samples come: that would only cost time."""
    samples = min(test.interval for alert in area.alerts for test in alert.tests)
    return max(min(a.interval for a in used), samples)


def _used_areas(area: AlertArea, platform: Platform) -> Iterator[AlertArea]:
    """The area, and those whose recorded series its rules read, directly or through others."""
    wanted, queue = {area.name}, [area]
    while queue:
        names = set(_NAME.findall(" ".join(_expressions(queue.pop()))))
        for other in platform.areas:
            if other.name not in wanted and any(rule.name in names for rule in other.recording_rules):
                wanted.add(other.name)
                queue.append(other)
    return (a for a in platform.areas if a.name in wanted)


def _expressions(area: AlertArea) -> Iterator[str]:
    yield from (rule.expr for rule in area.recording_rules)
    yield from (rule.expr for alert in area.alerts for rule in variants(alert))


def _test(alert: AlertRule, test: AlertTest) -> dict[str, object]:
    return {
        "name": f"{alert.name}: {test.claim}",
        "interval": str(test.interval),
        "input_series": [{"series": s.series, "values": s.values} for s in test.series],
        "promql_expr_test": [
            {
                "expr": _series("ALERTS", {"alertname": alert.name, "alertstate": "firing"}),
                "eval_time": str(test.at),
                "exp_samples": [_expected(alert, labels) for labels in test.firing],
            }
        ],
    }


def _expected(alert: AlertRule, labels: Mapping[str, str]) -> dict[str, object]:
    """One alert that fires. A label that the test gives wins over the rule's: that one may be a template."""
    own = {"alertname": alert.name, "alertstate": "firing", **alert_labels(variants(alert)[0])}
    return {"labels": _series("ALERTS", {**own, **labels}), "value": 1}


def _series(name: str, labels: Mapping[str, str]) -> str:
    """A series as PromQL writes it; JSON's escapes are PromQL's."""
    inside = ", ".join(
        f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in sorted(labels.items())
    )
    return f"{name}{{{inside}}}"
