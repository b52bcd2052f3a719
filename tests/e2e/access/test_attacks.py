"""As one tenant, try to read another through every door: nothing leaks, and what is one's own is there.

Each attack is also made with a login that may see everything, or at one's own data, so that none of them is
refused for a reason that has nothing to do with who asks.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from e2e.access.attacks import (
    FOREIGN,
    LOG_QUERIES,
    LOGS,
    MATCHERS,
    METRICS,
    QUERIES,
    REPORTS,
    Attack,
    aimed,
    log_attacks,
    metric_attacks,
)
from e2e.access.doors import OTHER, OWN, WORDS, Answer, Doors

pytestmark = pytest.mark.e2e


def told(opened: Doors, prefix: str, attacks: Iterator[Attack]) -> list[str]:
    """The attacks whose answer held something of the other tenant's."""
    asked = 0
    leaks = []
    for method, path, body, headers in attacks:
        asked += 1
        answer = opened.ask(prefix + path, method=method, body=body, headers=headers)
        if answer.holds(OTHER):
            leaks.append(f"{method} {path} {body} {headers}")
    assert asked > 20
    return leaks


def test_no_request_for_series_tells_a_tenant_of_another(opened: Doors) -> None:
    assert told(opened, METRICS, metric_attacks()) == []
    written_otherwise = opened.ask(METRICS.replace("/m", "%2fm") + "/query?query=visits")
    assert written_otherwise.holds(OWN)
    assert not written_otherwise.holds(OTHER)


def test_a_tenant_sees_its_own_series_and_alerts(opened: Doors) -> None:
    for path in ("/query?query=visits", "/label/note/values", "/series?match[]=visits", "/alerts"):
        assert opened.ask(METRICS + path).holds(OWN), path


@pytest.mark.parametrize("text", QUERIES[:1] + QUERIES[5:7] + QUERIES[8:])
def test_the_same_queries_tell_everything_to_those_who_may_see_it(opened: Doors, text: str) -> None:
    answer = opened.ask(f"/prometheus/api/v1/query?{urlencode({'query': aimed(text)})}", login="sre")
    assert answer.status == 200, answer.text
    assert answer.holds(OTHER)


def test_the_datasource_of_a_tenants_viewer_has_no_way_around_its_header(opened: Doors) -> None:
    """As Grafana asks: straight at the proxy, federation included, with a header that its viewers do not choose."""
    asked = [f"/federate?{urlencode({'match[]': aimed(text)})}" for text in MATCHERS]
    asked += [f"/federate?match[]=visits&{urlencode({'match[]': aimed(text)})}" for text in MATCHERS]
    asked += [
        f"/api/v1{path}" for method, path, _, headers in metric_attacks() if method == "GET" and not headers
    ]
    asked += [
        "/",
        "/metrics",
        "/graph",
        "/config",
        "/debug/pprof/",
        "/-/reload",
        "/consoles/",
        "/user/runbooks/index.html",
    ]
    leaks = [path for path in asked if opened.direct("prom-label-proxy", path, X_Tenant=OWN).holds(OTHER)]
    assert leaks == []
    assert opened.direct(
        "prom-label-proxy", f"/federate?{urlencode({'match[]': 'visits'})}", X_Tenant=OWN
    ).holds(OWN)
    assert opened.direct("prom-label-proxy", "/api/v1/query?query=visits").status == 400


def test_no_request_for_lines_tells_a_tenant_of_another(opened: Doors) -> None:
    assert told(opened, LOGS, log_attacks()) == []
    own = opened.ask(f"{LOGS}/query_range?{urlencode({'query': LOG_QUERIES[0]})}")
    assert own.holds(OWN), own.text
    everybody = opened.ask(
        f"/logs/loki/api/v1/query_range?{urlencode({'query': LOG_QUERIES[0]})}", login="sre"
    )
    assert everybody.holds(OWN), everybody.text
    assert everybody.holds(OTHER)


@pytest.mark.parametrize(
    "path", ["/push", "/delete?query=%7Bservice%3D%22shop%22%7D", "/rules/a", "/../../../flush"]
)
def test_nobody_writes_or_deletes_lines_through_the_entry(opened: Doors, path: str) -> None:
    assert opened.ask(LOGS + path, method="POST").status in (400, 403, 404)
    assert opened.ask(f"/logs/loki/api/v1{path}", method="POST", login="sre").status in (400, 403, 404)


def test_every_other_door_is_shut_to_a_tenant(opened: Doors) -> None:
    answers = {path: opened.ask(path) for path in FOREIGN}
    assert {path: a.status for path, a in answers.items() if a.holds(OTHER) or a.status < 300} == {}
    assert opened.ask("/alertmanager/api/v2/alerts", login="sre").holds(OTHER)
    assert "Visited" in opened.ask("/prometheus/api/v1/rules", login="sre").text


def test_a_tenant_reads_its_own_reports_alone(opened: Doors) -> None:
    answers = {path: opened.ask(path) for path in REPORTS}
    assert {path: a.status for path, a in answers.items() if a.holds(OTHER) or a.holds(OWN)} == {}
    assert opened.ask(f"/reports/sla-2026-W43-{OWN}.html").holds(OWN)
    assert OTHER not in opened.ask("/reports/").text
    assert opened.ask("/reports/sla-2026-W43.html", login="stakeholder").holds(OTHER)
    assert opened.ask(f"/reports/tenants/{OTHER}/sla-2026-W43-{OTHER}.html", login="stakeholder").holds(OTHER)


def test_without_the_right_password_nothing_is_told(opened: Doors) -> None:
    paths = (
        f"{METRICS}/query?query=visits",
        "/prometheus/api/v1/query?query=visits",
        "/reports/",
        "/runbooks/index.html",
    )
    given: tuple[tuple[str | None, str], ...] = (
        (None, ""),
        (OWN, "wrong"),
        ("nobody", "wrong"),
        ("", "wrong"),
    )
    for path in paths:
        for login, password in given:
            answer = opened.ask(path, login=login, password=password)
            assert answer.status == 401, (path, login)
            assert not any(map(answer.holds, WORDS))
    hashed = (opened.folder / "secrets" / f"login-{OWN}-bcrypt").read_text()
    assert opened.ask(paths[0], password=hashed).status == 401


def test_roles_open_their_doors_and_no_others(opened: Doors) -> None:
    def opens(login: str, path: str, method: str = "GET") -> bool:
        return opened.ask(path, login=login, method=method).status not in (401, 403)

    query, silences, runbook = (
        "/prometheus/api/v1/query?query=up",
        "/alertmanager/api/v2/silences",
        "/runbooks/index.html",
    )
    assert [opens("stakeholder", path) for path in (query, silences, runbook, "/reports/")] == [
        False,
        False,
        False,
        True,
    ]
    assert [opens("sre", path) for path in (query, silences, runbook, "/reports/")] == [True] * 4
    for path in (
        "/prometheus/-/reload",
        "/prometheus/-%2freload",
        "/alertmanager/-/reload",
        "/prometheus/x/../-/reload",
    ):
        assert not opens("sre", path, "POST"), path
    assert opens("admin", "/prometheus/-/reload", "POST")
    assert not opens("admin", f"{METRICS}/query?query=visits")


def test_a_password_goes_no_further_than_the_entry(opened: Doors) -> None:
    """Whatever a server behind it writes down or sends back, it cannot be what it was never given."""
    answer: Answer = opened.ask(f"/prometheus/api/v1/query?{quote('query')}=up", login="sre")
    assert answer.status == 200
    log = (opened.folder / "entry.log").read_text()
    assert "REDACTED" in log
    for path in (opened.folder / "secrets").iterdir():
        assert path.read_text() not in log, path.name


def test_the_certificate_outlives_the_alert_on_its_end(opened: Doors) -> None:
    """The entry's own certificates last three months and are renewed after two: the alert comes with two weeks left."""
    host, _, port = opened.site.reach("entry", "https").rpartition(":")
    with (
        socket.create_connection((host, int(port))) as plain,
        opened.trust().wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        shown = secure.getpeercert() or {}
    assert (ssl.cert_time_to_seconds(str(shown["notAfter"])) - time.time()) / 86_400 > 30
