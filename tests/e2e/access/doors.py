"""The shipped entry before real servers that hold the data of two tenants, each with a word of its own in all of it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from support import sample, watch
from support.servers import built, program
from support.watch import exporter, running, until

from platformctl.model.access import Access
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertArea, AlertRule
from platformctl.model.site import Site
from platformctl.model.units import Duration
from platformctl.render import entry, loki
from platformctl.sinks import secrets
from platformctl.sources.definitions import load_platform

ROOT: Final = Path(__file__).parents[3]
OWN, OTHER = "grand-hotel", "harbour-inn"
WORDS: Final = {OWN: "aaa-canary", OTHER: "bbb-canary"}
SERVERS: Final = ("prometheus", "alertmanager", "prom-label-proxy", "loki", "entry")

EXPOSITION: Final = "".join(
    f"# TYPE {name} {kind}\n"
    + "".join(f'{sample}{{tenant="{t}", note="{w}"}} {7}\n' for t, w in WORDS.items())
    for name, kind, sample in (("visits", "gauge", "visits"), ("sales_total", "counter", "sales_total"))
)


@dataclass(frozen=True)
class Answer:
    """What came back: everything that a client sees."""

    status: int
    text: str

    def holds(self, tenant: str) -> bool:
        """Whether anything of that tenant's is in it."""
        return WORDS[tenant] in self.text


@dataclass(frozen=True)
class Doors:
    """The running entry, and the servers behind it."""

    folder: Path
    site: Site

    def ask(
        self, path: str, *, login: str | None = OWN, method: str = "GET", body: str = "",
        headers: Mapping[str, str] | None = None, password: str = "", port: str = "https",
    ) -> Answer:  # fmt: skip
        """One request, its path sent as it is written; a body is a form."""
        sent = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        if login is not None:
            word = password or (self.folder / "secrets" / f"login-{login}").read_text()
            sent["Authorization"] = "Basic " + base64.b64encode(f"{login}:{word}".encode()).decode()
        host, _, number = self.site.reach("entry", port).rpartition(":")
        connection = http.client.HTTPSConnection(host, int(number), context=self.trust(), timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body or None, {**sent, **(headers or {})})
            answer = connection.getresponse()
            shown = "".join(f"{name}: {value}\n" for name, value in answer.getheaders())
            return Answer(answer.status, shown + answer.read().decode(errors="replace"))

    def direct(self, component: str, path: str, **headers: str) -> Answer:
        """One GET of a server behind the entry."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://{self.site.reach(component, 'http')}{path}", headers=given)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def trust(self) -> ssl.SSLContext:
        """The entry's own authority, and no other."""
        authority = self.folder / "data/entry/.local/share/caddy/pki/authorities/local/root.crt"
        return ssl.create_default_context(cafile=str(authority))


def platform() -> Platform:
    """The shipped servers, and a shop that publishes both tenants' series and has an alert for each."""
    shipped = load_platform(ROOT)
    alert = AlertRule(
        **{field: getattr(sample.SHOP_DOWN, field) for field in sample.SHOP_DOWN.__slots__}
        | {"name": "Visited", "expr": "visits > 0", "for_": Duration(0), "tests": (), "logs": None}
    )
    components = tuple(c for c in shipped.components if c.name in SERVERS)
    return replace(
        shipped,
        components=(*components, sample.component("shop", 8000, interval_s=1)),
        areas=(AlertArea(name="shop", alerts=(alert,), interval=Duration(1000)),),
        probes=(),
        dashboards=(),
        baseline=None,
    )


@contextlib.contextmanager
def doors(folder: Path) -> Iterator[Doors]:
    """Everything up, and both tenants' data in every server."""
    whole = platform()
    site = watch.site_for(whole)
    _lay(whole, site, folder)
    with contextlib.ExitStack() as stack:
        port = int(site.reach("shop", "http").rpartition(":")[2])
        stack.enter_context(exporter(port, lambda: EXPOSITION))
        with _programs_on_path(folder):
            for component in whole.components:
                if component.name in SERVERS:
                    stack.enter_context(running(component, site, folder))
        opened = Doors(folder, site)
        _fill(opened)
        yield opened


def _lay(whole: Platform, site: Site, folder: Path) -> None:
    watch.lay(whole, site, folder)
    for artifact in (*entry.render(whole, site), *loki.render(whole, site)):
        path = folder / "current" / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    assert isinstance(whole.access, Access)
    secrets.ensure(whole.access.secrets, folder / "secrets")
    for name in SERVERS:
        (folder / "data" / name).mkdir(parents=True)
    reports = folder / "reports"
    for tenant, word in WORDS.items():
        (reports / "tenants" / tenant).mkdir(parents=True)
        (reports / "tenants" / tenant / f"sla-2026-W43-{tenant}.html").write_text(f"<p>{word}</p>")
    (reports / "sla-2026-W43.html").write_text(" ".join(WORDS.values()))


@contextlib.contextmanager
def _programs_on_path(folder: Path) -> Iterator[None]:
    """Those that were built for the tests stand first; skips by name where one is missing."""
    found = {
        "prom-label-proxy": program("prom-label-proxy", "python scripts/build_servers.py prom-label-proxy"),
        "loki": program("loki", "python scripts/build_loki.py loki"),
        "caddy": program("caddy", "pip install 'platformctl[demo]'"),
    }
    if newest := built("prometheus3"):
        found["prometheus"] = newest
    (folder / "bin").mkdir()
    for name, path in found.items():
        (folder / "bin" / name).symlink_to(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
        yield


def _fill(opened: Doors) -> None:
    now = time.time_ns()
    for tenant, word in WORDS.items():
        stream = {"stream": {"service": "shop", "tenant": tenant}, "values": [[str(now), f"paid by {word}"]]}
        for org in (tenant, OPERATORS):
            _post(opened.site.reach("loki", "http"), "/loki/api/v1/push", {"streams": [stream]}, org)
    alerts = [{"labels": {"alertname": "Paid", "tenant": t, "note": w}} for t, w in WORDS.items()]
    _post(opened.site.reach("alertmanager", "http"), "/api/v2/alerts", alerts, "")
    query = "/api/v1/query?" + urlencode(
        {"query": "count(ALERTS) == 2 and on() count(count_over_time(visits[1m]) > 2)"}
    )
    until(
        lambda: '"value"' in opened.direct("prometheus", query).text or None,
        "both tenants' series and alerts",
    )
    lines = "/loki/api/v1/query_range?" + urlencode({"query": '{service="shop"}'})
    for tenant in (*WORDS, OPERATORS):
        word = OTHER if tenant == OPERATORS else tenant
        until(
            lambda t=tenant, w=word: opened.direct("loki", lines, X_Scope_OrgID=t).holds(w) or None,  # type: ignore[misc]
            f"the lines of {tenant}",
        )


def _post(address: str, path: str, body: object, org: str) -> None:
    request = urllib.request.Request(
        f"http://{address}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "X-Scope-OrgID": org},
    )
    urllib.request.urlopen(request, timeout=20).close()
