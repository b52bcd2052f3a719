"""Loki's rules: one folder, whatever the number of tenants.

They are evaluated over the operators' organisation, which holds a copy of what they need of every tenant.
"""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.artifact import Artifact
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.rollout import variants
from platformctl.model.rules import AlertArea
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact
from platformctl.render.rules import alert_group, alert_rule, recording_group, recording_rule


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """A rule file for each area with rules in LogQL."""
    for area in platform.log_areas:
        yield yaml_artifact(f"loki/rules/{OPERATORS}/{area.name}.yml", {"groups": list(_groups(area, site))})


def _groups(area: AlertArea, site: Site) -> Iterator[dict[str, object]]:
    rules = {
        recording_group(area): [recording_rule(rule) for rule in area.recording_rules],
        alert_group(area): [alert_rule(rule, site) for alert in area.alerts for rule in variants(alert)],
    }
    for name, group in rules.items():
        if group:
            yield {"name": name, "interval": str(area.interval), "rules": group}
