"""What the entry and Grafana are told of the logins."""

from __future__ import annotations

import json
from dataclasses import replace

from support import sample
from support.sites import native_site

from platformctl.model.access import Access, Login, Role
from platformctl.model.component import HttpHealth
from platformctl.model.platform import Platform
from platformctl.render import entry, grafana_access

SRE = Login(name="sre", role=Role.SRE)
GUEST = Login(name="guest", role=Role.TENANT, tenant="grand-hotel")
NAMES = (("entry", 8443), ("grafana", 3000), ("prom-label-proxy", 8092), ("loki", 3100))


def platform(*logins: Login, **access: object) -> Platform:
    more = [sample.component(name, number) for name, number in NAMES]
    (entrance,) = (component for component in more if component.name == "entry")
    names = ("https", "grafana", "ops")
    ports = tuple(replace(entrance.ports[0], name=name, number=8443 + at) for at, name in enumerate(names))
    more[0] = replace(entrance, ports=ports, scrape=None, health=HttpHealth(port="ops", path="/healthz"))
    components = (*sample.PLATFORM.components, *more)
    return replace(sample.PLATFORM, components=components, access=Access(logins=logins, **access))  # type: ignore[arg-type]


def caddyfile(of: Platform, *without: str) -> str:
    (artifact,) = entry.render(of, native_site(of, without=without))
    return artifact.content.decode()


def test_a_tenants_organisation_in_grafana_asks_for_that_tenant_alone() -> None:
    of = platform(SRE, GUEST)
    (artifact,) = grafana_access.render(of, native_site(of))
    (organisation,) = json.loads(artifact.content)["organisations"]
    assert organisation["name"] == "grand-hotel"
    assert organisation["users"] == [{"login": "guest", "role": "Viewer"}]
    fixed = {d["type"]: (d["jsonData"], d["secureJsonData"]) for d in organisation["datasources"]}
    assert fixed == {
        "prometheus": ({"httpHeaderName1": "X-Tenant"}, {"httpHeaderValue1": "grand-hotel"}),
        "loki": ({"httpHeaderName1": "X-Scope-OrgID"}, {"httpHeaderValue1": "grand-hotel"}),
    }


def test_without_a_tenants_login_or_grafana_there_is_no_organisation() -> None:
    assert list(grafana_access.render(platform(SRE), native_site(platform(SRE)))) == []
    of = platform(GUEST)
    assert list(grafana_access.render(of, native_site(of, without=("grafana",)))) == []


def test_the_entry_has_no_door_to_what_does_not_run() -> None:
    shown = caddyfile(platform(SRE, GUEST), "loki", "prom-label-proxy", "grafana")
    assert "/loki/" not in shown
    assert "/tenant/metrics" not in shown
    assert "entry:19003" in shown
    assert "grafana" not in shown


def test_a_certificate_of_ones_own_takes_the_place_of_the_entrys() -> None:
    assert "issuer internal" in caddyfile(platform(SRE))
    shown = caddyfile(platform(SRE, certificate="stack-crt", key="stack-key"))
    assert "tls secrets/stack-crt secrets/stack-key" in shown
    assert "issuer" not in shown


def test_a_door_without_logins_is_open_to_nobody() -> None:
    shown = caddyfile(platform(GUEST))
    assert '@prometheus {\n\t\t\t\tpath /prometheus/*\n\t\t\t\tvars {http.auth.user.id} ""' in shown
