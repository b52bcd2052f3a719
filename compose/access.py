"""Who may come in, and the entry where they do. Every login has its password in `.platformctl/secrets/login-NAME`.

`exposed=True` with a name of yours opens the entry, and nothing else, to other machines. A tenant's login sees that
tenant's series, lines and reports; the entry decides which tenant that is, never the client.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.access import Access, Login, Role
from platformctl.model.component import (
    Build,
    Component,
    Container,
    HttpHealth,
    Image,
    Native,
    Network,
    Port,
    Scrape,
)
from platformctl.model.probe import ComponentProbe

ACCESS: Final = Access(
    logins=(
        Login(name="admin", role=Role.SUPER_ADMIN),
        Login(name="sre", role=Role.SRE),
        Login(name="stakeholder", role=Role.STAKEHOLDER),
        Login(name="grand-hotel", role=Role.TENANT, tenant="grand-hotel"),
    ),
)

_PROXY_ARGS: Final = (
    "-insecure-listen-address={listen:http}",
    "-internal-listen-address={listen:metrics}",
    "-upstream=http://{address:prometheus:http}",
    "-label=tenant",
    "-header-name=X-Tenant",
    "-enable-label-apis",
    "-error-on-replace",
)

PROM_LABEL_PROXY: Final = Component(
    name="prom-label-proxy",
    title="Tenants' metrics",
    ports=(Port(name="http", number=8092), Port(name="metrics", number=8093)),
    health=HttpHealth(port="http", path="/healthz"),
    scrape=Scrape(port="metrics"),
    needs=("prometheus",),
    container=Container(
        image=Image(repository="quay.io/prometheuscommunity/prom-label-proxy", tag="v0.11.1"),
        command=_PROXY_ARGS,
        user="65534",
        memory_mb=64,
    ),
    native=Native(
        binaries=("prom-label-proxy",),
        search=("~/.cache/platformctl/bin",),  # where scripts/build_servers.py leaves it
        args=_PROXY_ARGS,
        version_argv=(),
    ),
)

_CADDY: Final = ("run", "--adapter", "caddyfile", "--config", "{config}/Caddyfile")

ENTRY: Final = Component(
    name="entry",
    title="Entry",
    ports=(
        Port(name="https", number=8443, exposed=ACCESS.exposed),
        Port(name="grafana", number=8444, exposed=ACCESS.exposed),
        Port(name="ops", number=8445),
    ),
    health=HttpHealth(port="ops", path="/healthz"),
    scrape=Scrape(port="ops"),
    needs=("prometheus", "alertmanager"),
    config=("entry", "build/gateway"),
    secrets=ACCESS.secrets,
    container=Container(
        image=Build(repository="platformctl/gateway", tag="0.1.0", context="build/gateway"),
        command=("caddy", *_CADDY),
        environment={"HOME": "{data}"},
        config_path="/etc/platformctl",
        data_path="/var/lib/entry",
        user="10001",
        memory_mb=128,
        host_paths={"${PLATFORMCTL_STATE:-.}/reports": "/srv/reports"},
    ),
    native=Native(
        binaries=("caddy",),
        args=_CADDY,
        environment={"HOME": "{data}"},
        version_argv=("version",),
        package="caddy",
    ),
    networks=(Network.EDGE, Network.MONITORING),
    accepts={"exposed-port": "it speaks TLS and asks who is there"},
)

COMPONENTS: Final = (PROM_LABEL_PROXY, ENTRY)
PROBES: Final = (ComponentProbe(component="entry", port="https", path="/healthz", tls=True),)
