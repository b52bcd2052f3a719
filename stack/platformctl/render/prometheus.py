"""prometheus.yml: what is scraped, which rules are loaded, who is told. Valid for 2.42 and for 3.x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model import sizes
from platformctl.model.artifact import Artifact
from platformctl.model.component import Component, Scrape
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.model.units import Duration, seconds
from platformctl.render import baseline, blackbox
from platformctl.render._yaml import yaml_artifact
from platformctl.render.rules import rule_paths

CONFIG: Final = "prometheus/prometheus.yml"
_INTERVAL: Final = seconds(15)
_TIMEOUT: Final = seconds(10)
MAINTENANCE_FILES: Final = {
    RuntimeName.NATIVE: ("maintenance/rules.yml",),
    RuntimeName.COMPOSE: ("compose/live/prometheus/maintenance.yml",),
}
"""Below the state folder: the rules that tell of maintenance windows, which come and go between releases."""

_MAINTENANCE_RULES: Final = {
    RuntimeName.NATIVE: "../../maintenance/*.yml",
    RuntimeName.COMPOSE: "maintenance*.yml",
}
"""The same, as seen from the configuration. A pattern, as there may be no such file."""


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The server's configuration; components that do not run on the site are not scraped."""
    limit = sizes.scale(platform).samples_of_a_target
    yield yaml_artifact(
        CONFIG,
        {
            "global": {
                "scrape_interval": str(_INTERVAL),
                "scrape_timeout": str(_TIMEOUT),
                "evaluation_interval": str(_INTERVAL),
            },
            **_alerting(site),
            "rule_files": [
                *(path.removeprefix("prometheus/") for path in rule_paths(platform)),
                _MAINTENANCE_RULES[site.runtime],
            ],
            "scrape_configs": [
                *(_job(component, scrape, site, limit) for component, scrape in scraped(platform, site)),
                *blackbox.jobs(platform, site),
                *baseline.jobs(platform, site),
            ],
        },
    )


def scraped(platform: Platform, site: Site) -> Iterator[tuple[Component, Scrape]]:
    """The components that Prometheus collects from on this site, in the order of their definition."""
    for component in platform.components:
        if component.scrape and site.has(component.name):
            yield component, component.scrape


def _alerting(site: Site) -> dict[str, object]:
    if not site.has("alertmanager"):
        return {}
    target = {"targets": [site.reach("alertmanager", "http")]}
    return {"alerting": {"alertmanagers": [{"api_version": "v2", "static_configs": [target]}]}}


def _job(component: Component, scrape: Scrape, site: Site, limit: int) -> dict[str, object]:
    """One job. The instance is the component's name: series survive a change of port."""
    return {
        "job_name": component.name,
        "metrics_path": scrape.path,
        "scrape_interval": str(scrape.interval),
        "scrape_timeout": str(_timeout(scrape.interval)),
        "sample_limit": limit,
        "static_configs": [
            {
                "targets": [site.reach(component.name, scrape.port)],
                "labels": {"instance": component.name},
            }
        ],
    }


def _timeout(interval: Duration) -> Duration:
    return min(_TIMEOUT, interval)
