"""``access/grafana.json``: an organisation for each tenant that has a login, in the words of Grafana's HTTP API.

Any member of an organisation may query its datasources as it likes, so the tenant is fixed in a header of the
datasource, which Grafana adds on its own side and shows to no viewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.access import Door, Login
from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render._json import json_artifact

PATH: Final = "access/grafana.json"
_DOORS: Final = {
    "prometheus": ("prom-label-proxy", "X-Tenant"),
    "loki": ("loki", "X-Scope-OrgID"),
}
"""By kind of datasource: the component that is asked, and the header that names the tenant to it."""


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The organisations; nothing where no Grafana runs, or no tenant has a login."""
    logins = platform.access.may(Door.TENANT_METRICS) if platform.access else ()
    if logins and site.has("grafana"):
        yield json_artifact(PATH, {"organisations": [_organisation(login, site) for login in logins]})


def _organisation(login: Login, site: Site) -> dict[str, object]:
    return {
        "name": login.tenant,
        "datasources": list(_datasources(login.tenant, site)),
        "users": [{"login": login.name, "role": "Viewer"}],
    }


def _datasources(tenant: str, site: Site) -> Iterator[dict[str, object]]:
    for kind, (component, header) in _DOORS.items():
        if site.has(component):
            yield {
                "name": kind.capitalize(),
                "uid": f"tenant-{kind}",
                "type": kind,
                "access": "proxy",
                "url": f"http://{site.reach(component, 'http')}",
                "isDefault": kind == "prometheus",
                "jsonData": {"httpHeaderName1": header},
                "secureJsonData": {"httpHeaderValue1": tenant},
            }
