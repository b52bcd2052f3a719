"""Everything that Grafana reads: dashboards by audience, and the provisioning of datasources and folders."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import grafana_provisioning
from platformctl.render._json import json_artifact


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """Render a file for each dashboard and, where Grafana runs here, the files that provision it.

    The dashboards come out in any case: they can be imported elsewhere, and previewed.
    """
    # grafanalib costs 130 ms to import: only a command that renders pays for it.
    from platformctl.render import grafana_dashboard

    for dashboard in sorted(platform.dashboards, key=lambda d: d.uid):
        path = f"grafana/dashboards/{dashboard.audience}/{dashboard.uid}.json"
        yield json_artifact(path, grafana_dashboard.to_json(dashboard), sort_keys=True)
    if site.has("grafana"):
        yield from grafana_provisioning.render(platform, site)
