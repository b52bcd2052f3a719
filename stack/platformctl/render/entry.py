"""``entry/Caddyfile``: the one authenticated way in. Who is asking is decided here, from the login and nothing else.

A client's own X-Tenant and X-Scope-OrgID are dropped, its password goes no further, and what is not named below
is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.access import Access, Door, Login
from platformctl.model.artifact import Artifact
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.render.links import RUNBOOK_FOLDER

PATH: Final = "entry/Caddyfile"
ENTRY: Final = "entry"
_REPORTS: Final = {RuntimeName.NATIVE: "reports", RuntimeName.COMPOSE: "/srv/reports"}
"""The folder ``reports`` of the state folder, as the entry sees it."""

_USER: Final = "{http.auth.user.id}"
_HEADERS: Final = ("X-Tenant", "X-Scope-OrgID")
# What reads: rules, deletions and pushes are none of it.
_LOKI_READS: Final = " ".join(
    f"{{prefix}}/loki/api/v1/{path}"
    for path in (
        "query",
        "query_range",
        "labels",
        "label/*",
        "series",
        "tail",
        "index/*",
        "detected_*",
        "patterns",
    )
)
_SERVER_ADMIN: Final = "/-/* /debug/* /api/v1/admin/* /api/v1/write /api/v1/otlp/* /api/v1/read"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The entry's configuration, where there is one."""
    if platform.access and site.has(ENTRY):
        yield Artifact(PATH, _text(_caddyfile(platform.access, site)).encode())


def _text(lines: Iterator[str]) -> str:
    """The lines, indented by the braces they stand in."""
    depth, shown = 0, []
    for line in lines:
        depth -= line == "}"
        shown.append("\t" * depth + line if line else "")
        depth += line.endswith("{")
    return "\n".join(shown) + "\n"


def _caddyfile(access: Access, site: Site) -> Iterator[str]:
    yield from ("{", "admin off", "persist_config off", "auto_https disable_redirects", "skip_install_trust")
    yield from (f"default_sni {access.names[0]}", "grace_period 5s")
    yield from ("pki {", "ca local {", "intermediate_lifetime 365d", "}", "}", "}", "")
    yield from _site(access, site, "https")
    yield from ("log", "handle /healthz {", "respond ok", "}", "handle {", "route {")
    yield from _login(access, site)
    yield from _server_doors(access, site)
    yield from _log_doors(access, site)
    yield from _tenant_metrics(access, site)
    yield from _report_doors(access, site)
    yield from ("respond 403", "}", "}", "}")
    if site.has("grafana"):
        yield ""
        yield from _site(access, site, "grafana")
        yield from (f"reverse_proxy {site.reach('grafana', 'http')}", "}")
    yield ""
    host, _, number = site.places[ENTRY].listen["ops"].rpartition(":")
    yield from (f"http://:{number} {{", f"bind {host}", "respond /healthz ok", "metrics /metrics", "}")


def _site(access: Access, site: Site, port: str) -> Iterator[str]:
    host, _, number = site.places[ENTRY].listen[port].rpartition(":")
    names = dict.fromkeys((*access.names, ENTRY))
    yield f"{', '.join(f'https://{name}:{number}' for name in names)} {{"
    yield f"bind {host}"
    if access.certificate:
        yield f"tls {_secret(site, access.certificate)} {_secret(site, access.key)}"
    else:
        yield from ("tls {", "issuer internal {", "lifetime 90d", "}", "}")
    yield from ("header {", "-Server", "X-Content-Type-Options nosniff", "X-Frame-Options DENY", "}")


def _login(access: Access, site: Site) -> Iterator[str]:
    yield "basic_auth bcrypt platformctl {"
    for login in access.logins:
        yield f"{login.name} {{file.{_secret(site, login.hash_secret)}}}"
    yield "}"
    yield from (f"request_header -{name}" for name in (*_HEADERS, "Authorization"))
    yield f"map {_USER} {{tenant}} {{"
    yield from (f"{login.name} {login.tenant}" for login in access.may(Door.TENANT_METRICS))
    yield from ('default ""', "}")


def _secret(site: Site, name: str) -> str:
    return f"{site.secrets_folder}/{name}"


def _for(matcher: str, logins: tuple[Login, ...], *conditions: str) -> Iterator[str]:
    """A matcher of requests by these logins; nobody's where there are none."""
    users = " ".join(login.name for login in logins) or '""'
    yield from (f"@{matcher} {{", *conditions, f"vars {_USER} {users}", "}")


def _server_doors(access: Access, site: Site) -> Iterator[str]:
    for component, door, admin in (
        ("prometheus", Door.PROMETHEUS, Door.PROMETHEUS_ADMIN),
        ("alertmanager", Door.ALERTMANAGER, Door.ALERTMANAGER_ADMIN),
    ):
        if not site.has(component):
            continue
        closed = " ".join(f"/{component}{path}" for path in _SERVER_ADMIN.split())
        yield from _for(f"{component}-admin", access.may(admin), f"path {closed}")
        yield from _proxied(f"{component}-admin", f"/{component}", site.reach(component, "http"))
        yield from (f"@{component}-closed path {closed}", f"respond @{component}-closed 403")
        yield from _for(component, access.may(door), f"path /{component}/*")
        yield from _proxied(component, f"/{component}", site.reach(component, "http"))
    if site.has("prometheus"):
        yield from _for("runbooks", access.may(Door.RUNBOOKS), "method GET HEAD", f"path /{RUNBOOK_FOLDER}/*")
        yield from ("handle @runbooks {", "rewrite * /user{http.request.uri.path}")
        yield from (f"reverse_proxy {site.reach('prometheus', 'http')}", "}")


def _proxied(matcher: str, prefix: str, address: str, *headers: str) -> Iterator[str]:
    yield from (f"handle @{matcher} {{", f"uri strip_prefix {prefix}", f"reverse_proxy {address} {{")
    yield from (f"header_up {header}" for header in headers)
    yield from (f"header_down Location ^/ {prefix}/", "}", "}")


def _log_doors(access: Access, site: Site) -> Iterator[str]:
    if not site.has("loki"):
        return
    address = site.reach("loki", "http")
    for matcher, prefix, door, org in (
        ("logs", "/logs", Door.LOGS, OPERATORS),
        ("tenant-logs", "/tenant/logs", Door.TENANT_LOGS, "{tenant}"),
    ):
        reads = _LOKI_READS.format(prefix=prefix)
        yield from _for(matcher, access.may(door), "method GET POST", f"path {reads}")
        yield from _proxied(matcher, prefix, address, f"X-Scope-OrgID {org}")


def _tenant_metrics(access: Access, site: Site) -> Iterator[str]:
    if site.has("prom-label-proxy"):
        prefix = "/tenant/metrics"
        yield from _for("tenant-metrics", access.may(Door.TENANT_METRICS), f"path {prefix}/api/v1/*")
        yield from _proxied(
            "tenant-metrics", prefix, site.reach("prom-label-proxy", "http"), "X-Tenant {tenant}"
        )


def _report_doors(access: Access, site: Site) -> Iterator[str]:
    folder = _REPORTS[site.runtime]
    for matcher, door, root in (
        ("reports", Door.REPORTS, folder),
        ("tenant-reports", Door.TENANT_REPORTS, f"{folder}/tenants/{{tenant}}"),
    ):
        yield from _for(matcher, access.may(door), "method GET HEAD", "path /reports/*")
        yield from (
            f"handle @{matcher} {{",
            "uri strip_prefix /reports",
            f"root {root}",
            "file_server browse",
            "}",
        )
