"""Prometheus rule files: one an area, and the list of jobs that this deployment expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.probe import JOB as PROBES_JOB
from platformctl.model.rollout import variants
from platformctl.model.rules import EXPECTED_JOB, AlertArea, AlertRule, RecordingRule
from platformctl.model.site import Site
from platformctl.model.units import Duration
from platformctl.render import blackbox
from platformctl.render._yaml import yaml_artifact
from platformctl.render.links import alert_annotations

_EXPECTED_JOBS: Final = "prometheus/rules/expected-jobs.yml"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """One rule file for each area, and one with a series for each job of the site."""
    for area in platform.areas:
        yield yaml_artifact(rule_path(area), {"groups": list(_groups(area, site))})
    yield yaml_artifact(_EXPECTED_JOBS, {"groups": [_expected_jobs(platform, site)]})


def rule_path(area: AlertArea) -> str:
    """The path of the area's rule file in the release."""
    return f"prometheus/rules/{area.name}.yml"


def rule_paths(platform: Platform) -> tuple[str, ...]:
    """The paths of all rule files in the release."""
    return (*(rule_path(area) for area in platform.areas), _EXPECTED_JOBS)


def recording_group(area: AlertArea) -> str:
    """The name of the group of the area's recording rules."""
    return f"{area.name}-recording"


def alert_group(area: AlertArea) -> str:
    """The name of the group of the area's alerts."""
    return f"{area.name}-alerts"


def _groups(area: AlertArea, site: Site) -> Iterator[dict[str, object]]:
    if area.recording_rules:
        yield {
            "name": recording_group(area),
            "interval": str(area.interval),
            "rules": [recording_rule(rule) for rule in area.recording_rules],
        }
    if area.alerts:
        yield {
            "name": alert_group(area),
            "interval": str(area.interval),
            "rules": [alert_rule(rule, site) for alert in area.alerts for rule in variants(alert)],
        }


def recording_rule(rule: RecordingRule) -> dict[str, object]:
    """The rule as Prometheus and Loki read it."""
    body: dict[str, object] = {"record": rule.name, "expr": rule.expr}
    if rule.labels:
        body["labels"] = dict(sorted(rule.labels.items()))
    return body


def alert_rule(alert: AlertRule, site: Site) -> dict[str, object]:
    """The rule as Prometheus and Loki read it."""
    return {
        "alert": alert.name,
        "expr": alert.expr,
        **_lasting("for", alert.for_),
        **_lasting("keep_firing_for", alert.keep_firing_for),
        "labels": alert_labels(alert),
        "annotations": alert_annotations(alert, site),
    }


def alert_labels(alert: AlertRule) -> dict[str, str]:
    """The labels that the rule itself sets."""
    return {"severity": str(alert.severity), "team": alert.team, **dict(sorted(alert.labels.items()))}


def _lasting(key: str, duration: Duration) -> dict[str, str]:
    return {key: str(duration)} if duration.ms else {}


def _expected_jobs(platform: Platform, site: Site) -> dict[str, object]:
    jobs = [c.name for c in platform.components if c.scrape and site.has(c.name)]
    if blackbox.probed(platform, site):
        jobs.append(PROBES_JOB)
    return {
        "name": "expected-jobs",
        "rules": [{"record": EXPECTED_JOB, "expr": "vector(1)", "labels": {"job": job}} for job in jobs],
    }
