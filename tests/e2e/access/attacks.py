"""Requests by which one tenant could try to read another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import urlencode

from e2e.access.doors import OTHER, OWN

from platformctl.model.logs import OPERATORS

Attack: TypeAlias = tuple[str, str, str, Mapping[str, str]]
"""Method, path, body and headers of a request."""

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


def metric_attacks() -> Iterator[Attack]:
    """Every request for series."""
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


LOG_QUERIES: Final = (
    '{service="shop"}', '{tenant="%s"}', '{tenant=~".+"}', '{service=~".+"} |= "canary"', '{tenant!="grand-hotel"}',
    'sum by (tenant) (count_over_time({service="shop"} | regexp "by (?P<seen>.*)" [1h]))',
    'sum by (seen) (count_over_time({service=~".+"} | regexp "by (?P<seen>.*)" [1h]))',
    '{__tenant_id__="%s"}', '{__tenant_id__=~".+", service="shop"}',
)  # fmt: skip


def log_attacks() -> Iterator[Attack]:
    """Every request for log lines."""
    orgs: tuple[Mapping[str, str], ...] = (
        {}, {"X-Scope-OrgID": OTHER}, {"x-scope-orgid": f"{OWN}|{OTHER}"}, {"Connection": "X-Scope-OrgID"},
        {"Connection": "X-Scope-OrgID", "X-Scope-OrgID": OTHER}, {"X-Scope-OrgID": OPERATORS},
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


REPORTS: Final = (
    f"/reports/{OTHER}/", f"/reports/tenants/{OTHER}/", f"/reports/../{OTHER}/sla-2026-W43-{OTHER}.html",
    f"/reports/%2e%2e/{OTHER}/sla-2026-W43-{OTHER}.html", f"/reports/..%2f{OTHER}%2fsla-2026-W43-{OTHER}.html",
    f"/reports/%2e%2e%2f{OTHER}/", "/reports/sla-2026-W43.html", "/reports/../sla-2026-W43.html",
    "/reports/..%5c..%5csla-2026-W43.html", "/reports/....//sla-2026-W43.html", "/reports/%00/",
    "/reports/../../secrets/",
    f"/reports//{OTHER}/sla-2026-W43-{OTHER}.html", f"/reports/sla-2026-W43-{OTHER}.html",
)  # fmt: skip
