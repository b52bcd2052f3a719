"""Loki's rules: one set for all tenants, read by Loki's ruler from folders that name whom they are about.

A folder is named like the header of a query, as in ``grand-hotel|lumiere``, so that one evaluation covers
many tenants and the rules do not grow with them. The name of a folder has an end: beyond some dozen
tenants there are more folders, each with the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.rollout import variants
from platformctl.model.rules import AlertArea
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact
from platformctl.render.rules import alert_group, alert_rule, recording_group, recording_rule

_LONGEST_NAME: Final = 200  # of the 255 bytes that file systems allow


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """A rule file for each area with rules in LogQL, in each folder of tenants."""
    everywhere = tuple(folders(platform))
    for area in platform.log_areas:
        rules = yaml_artifact(f"{area.name}.yml", {"groups": list(_groups(area, site))})
        for folder in everywhere:
            yield replace(rules, path=f"loki/rules/{folder}/{rules.path}")


def organisations(platform: Platform) -> tuple[str, ...]:
    """Whose lines Loki keeps: every tenant's, and the platform's own."""
    own = {pipeline.default_tenant for pipeline in platform.log_pipelines}
    return tuple(sorted(own | {tenant.id for tenant in platform.tenants}))


def folders(platform: Platform) -> Iterator[str]:
    """The organisations, as many in a name as fit."""
    name = ""
    for organisation in organisations(platform):
        longer = f"{name}|{organisation}" if name else organisation
        if name and len(longer) > _LONGEST_NAME:
            yield name
            longer = organisation
        name = longer
    if name:
        yield name


def _groups(area: AlertArea, site: Site) -> Iterator[dict[str, object]]:
    rules = {
        recording_group(area): [recording_rule(rule) for rule in area.recording_rules],
        alert_group(area): [alert_rule(rule, site) for alert in area.alerts for rule in variants(alert)],
    }
    for name, group in rules.items():
        if group:
            yield {"name": name, "interval": str(area.interval), "rules": group}
