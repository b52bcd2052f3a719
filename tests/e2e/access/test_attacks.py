"""As one tenant, try to read another through every door: nothing leaks, and what is one's own is there.

Each attack is also made with a login that may see everything, or at one's own data, so that none of them is
refused for a reason that has nothing to do with who asks.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

import pytest
from e2e.access.doors import OTHER, OWN, WORDS, Answer, Doors

pytestmark = pytest.mark.e2e

METRICS: Final = "/tenant/metrics/api/v1"
LOGS: Final = "/tenant/logs/loki/api/v1"
QUERIES: Final = (
    "visits",
    'visits or visits{tenant="%s"}',
    'visits{tenant="%s"}',
    'visits{tenant=~".+"}',
    'visits{tenant=~"%s|grand-hotel"}',
    'visits{tenant!="grand-hotel"}',
    'visits{tenant=""} or visits{tenant!=""}',
    'visits{tenant="grand-hotel", tenant="%s"}',
    '{__name__=~".+"}',
    '{tenant=~".*", __name__!=""}',
    "sum by (tenant, note) (visits)",
    "group by (note) (visits)",
    'count_values("seen", visits) by (note)',
    'label_replace(visits, "own", "$1", "note", "(.*)")',
    'label_join(visits, "own", "-", "tenant", "note")',
    "max_over_time(visits[1m:1s])",
    'max_over_time((visits or visits{tenant="%s"})[1m:5s])',
    "sum_over_time(sum by (note) (visits)[30s:5s])",
    "visits @ end()",
    "visits offset 1s",
    "topk(100, visits)",
    "visits and on () visits",
    'visits unless on (note) visits{note="aaa-canary"}',
    'vector(1) * on () group_right () visits{tenant="%s"}',
    'absent(visits{note="none"}) or visits',
    "rate(sales_total[1m])",
    "ALERTS",
    'ALERTS{alertname="Visited"}',
    "ALERTS_FOR_STATE",
)
MATCHERS: Final = ("visits", 'visits{tenant="%s"}', '{__name__=~".+"}', '{tenant=~".+"}', '{note!=""}')


def aimed(text: str) -> str:
    """The attack, at the other tenant."""
    return text.replace("%s", OTHER)


def metric_attacks() -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """Method, path, body and headers of each request for series."""
    span = {"start": "0", "end": "9999999999", "step": "99999999"}
    for text in map(aimed, QUERIES):
        query = urlencode({"query": text})
        yield "GET", f"/query?{query}", "", {}
        yield "POST", "/query", query, {}
        yield "GET", f"/query?query=visits&{query}", "", {}
        yield "POST", f"/query?{query}", "query=visits", {}
        yield "POST", "/query", f"query=visits&{query}", {}
        yield "GET", f"/query_exemplars?{urlencode({**span, 'query': text})}", "", {}
        recent = {"query": text, "start": "-1", "end": "-1", "step": "1"}
        yield "POST", "/query_range", urlencode(recent | span), {}
    for text in map(aimed, MATCHERS):
        match = urlencode({"match[]": text})
        for path in ("/series", "/labels"):
            yield "GET", f"{path}?match[]=visits&{match}", "", {}
            yield "POST", path, f"{match}&match[]=visits", {}
            yield "POST", f"{path}?{match}", "match[]=visits", {}
        for label in ("note", "tenant", "__name__"):
            yield "GET", f"/label/{label}/values?{match}", "", {}
    for path in (
        "/labels", "/label/note/values", "/label/tenant/values", "/rules", "/alerts", "/targets", "/metadata",
        "/targets/metadata", "/status/tsdb", "/status/config", "/status/flags", "/alertmanagers", "/notifications",
        "/read", "/write", "/admin/tsdb/snapshot", "/rules?match[]=visits", "/rules?type=alert&rule_name[]=Visited",
        "/scrape_pools", "/features", "/status/tsdb/blocks", "/format_query?query=visits", "/parse_query?query=visits",
    ):  # fmt: skip
        yield "GET", path, "", {}
        yield "POST", path, "match[]=visits", {}
    for headers in (
        {"X-Tenant": OTHER}, {"x-tenant": OTHER}, {"X-Tenant": f"{OWN},{OTHER}"}, {"X_Tenant": OTHER},
        {"X-Scope-OrgID": OTHER}, {"Connection": "X-Tenant"}, {"Connection": "close, X-Tenant", "X-Tenant": OTHER},
        {"X-Original-URL": "/prometheus/api/v1/query?query=visits"}, {"X-HTTP-Method-Override": "PUT"},
        {"Transfer-Encoding": "identity"}, {"X-Forwarded-User": "admin"}, {"X-WEBAUTH-USER": "admin"},
    ):  # fmt: skip
        yield "GET", "/query?query=visits", "", headers


def told(opened: Doors, prefix: str, attacks: Iterator[tuple[str, str, str, Mapping[str, str]]]) -> list[str]:
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


LOG_QUERIES: Final = (
    '{service="shop"}', '{tenant="%s"}', '{tenant=~".+"}', '{service=~".+"} |= "canary"', '{tenant!="grand-hotel"}',
    'sum by (tenant) (count_over_time({service="shop"} | regexp "by (?P<seen>.*)" [1h]))',
    'sum by (seen) (count_over_time({service=~".+"} | regexp "by (?P<seen>.*)" [1h]))',
    '{__tenant_id__="%s"}', '{__tenant_id__=~".+", service="shop"}',
)  # fmt: skip


def log_attacks() -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """Method, path, body and headers of each request for log lines."""
    orgs: tuple[Mapping[str, str], ...] = (
        {}, {"X-Scope-OrgID": OTHER}, {"x-scope-orgid": f"{OWN}|{OTHER}"}, {"Connection": "X-Scope-OrgID"},
        {"Connection": "X-Scope-OrgID", "X-Scope-OrgID": OTHER},
    )  # fmt: skip
    for headers in orgs:
        for text in map(aimed, LOG_QUERIES):
            query = urlencode({"query": text})
            yield "GET", f"/query_range?{query}", "", headers
            yield "POST", "/query_range", query, headers
            yield "GET", f"/series?{urlencode({'match[]': text})}", "", headers
        for path in (
            "/labels", "/label/tenant/values", f"/index/volume?{urlencode({'query': LOG_QUERIES[0]})}",
            "/index/stats?query=%7Bservice%3D%22shop%22%7D", "/patterns?query=%7Bservice%3D%22shop%22%7D",
            f"/detected_labels?orgId={OTHER}", f"/tail?{urlencode({'query': LOG_QUERIES[0]})}", "/rules", "/delete",
        ):  # fmt: skip
            yield "GET", path, "", headers


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


FOREIGN: Final = (
    "/prometheus/api/v1/query?query=visits", "/PROMETHEUS/api/v1/query?query=visits",
    "//prometheus/api/v1/query?query=visits", "/prometheus//api/v1/query?query=visits",
    "/prometheus/federate?match[]=visits", "/prometheus/api/v1/targets", "/prometheus/user/runbooks/index.html",
    "/prometheus/metrics", "/alertmanager/api/v2/alerts", "/alertmanager/api/v2/alerts/groups",
    "/alertmanager/api/v2/silences", "/alertmanager/api/v2/status", "/alertmanager/metrics",
    "/logs/loki/api/v1/query_range?query=%7Bservice%3D%22shop%22%7D", "/logs/config", "/tenant/logs/config",
    "/tenant/logs/metrics", "/runbooks/index.html", "/runbooks/Visited.html", "/user/runbooks/index.html",
    "/tenant/metrics/federate?match[]=visits", "/tenant/metrics/../../prometheus/api/v1/query?query=visits",
    "/tenant/metrics/api/v1/../../../prometheus/api/v1/query?query=visits",
    "/tenant/metrics/api/v1/..%2f..%2f..%2fprometheus/api/v1/query?query=visits",
    "/tenant/metrics/api/v1/%2e%2e/%2e%2e/federate?match[]=visits",
    "/ratelimit/admin/v1/tenants", "/limiter/admin/v1/tenants", "/admin/v1/tenants", "/admin", "/decide", "/metrics",
    "/config/", "/debug/pprof/", "/grafana/", "/", "/tenant/", "/pki/ca/local", "/.well-known/",
)  # fmt: skip


def test_every_other_door_is_shut_to_a_tenant(opened: Doors) -> None:
    answers = {path: opened.ask(path) for path in FOREIGN}
    assert {path: a.status for path, a in answers.items() if a.holds(OTHER) or a.status < 300} == {}
    assert opened.ask("/alertmanager/api/v2/alerts", login="sre").holds(OTHER)
    assert "Visited" in opened.ask("/prometheus/api/v1/rules", login="sre").text


REPORTS: Final = (
    f"/reports/{OTHER}/", f"/reports/tenants/{OTHER}/", f"/reports/../{OTHER}/sla-2026-W43-{OTHER}.html",
    f"/reports/%2e%2e/{OTHER}/sla-2026-W43-{OTHER}.html", f"/reports/..%2f{OTHER}%2fsla-2026-W43-{OTHER}.html",
    f"/reports/%2e%2e%2f{OTHER}/", "/reports/sla-2026-W43.html", "/reports/../sla-2026-W43.html",
    "/reports/..%5c..%5csla-2026-W43.html", "/reports/....//sla-2026-W43.html", "/reports/%00/",
    "/reports/../../secrets/",
    f"/reports//{OTHER}/sla-2026-W43-{OTHER}.html", f"/reports/sla-2026-W43-{OTHER}.html",
)  # fmt: skip


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
