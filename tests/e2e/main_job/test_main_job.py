"""The main job: one command, and a real platform is watched by a real Prometheus and a real Alertmanager."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from support.workspace import Workspace, alive

from platformctl.sources.definitions import load_platform

NEEDED = (
    "prometheus",
    "prometheus-alertmanager",
    "prometheus-node-exporter",
    "prometheus-redis-exporter",
    "prometheus-postgres-exporter",
    "prometheus-blackbox-exporter",
    "redis-server",
)
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
COMPONENTS = {
    "prometheus",
    "alertmanager",
    "node-exporter",
    "redis",
    "redis-exporter",
    "postgres",
    "postgres-exporter",
    "demo-api",
    "demo-traffic",
    "ratelimit",
    "gateway",
    "edge",
    "blackbox-exporter",
    "entry",
    "traces",
}

ELSEWHERE = {
    "grafana",
    "loki",
    "promtail",
    "alloy",
    "tempo",
    "collector",
    "cadvisor",
    "prom-label-proxy",
}


def ask(method: str, url: str, body: object = None) -> object:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def query(platform: Workspace, promql: str) -> list[dict[str, object]]:
    url = f"{platform.address('prometheus')}/api/v1/query?{urllib.parse.urlencode({'query': promql})}"
    answer = ask("GET", url)
    assert isinstance(answer, dict)
    result: list[dict[str, object]] = answer["data"]["result"]
    return result


def alerts(platform: Workspace) -> set[str]:
    found = ask("GET", f"{platform.address('alertmanager')}/api/v2/alerts?active=true")
    assert isinstance(found, list)
    return {alert["labels"]["alertname"] for alert in found if alert["status"]["state"] == "active"}


def eventually(claim: Callable[[], bool], *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.5)
    return claim()


def states(platform: Workspace) -> dict[str, str]:
    """The state of every component, by name."""
    components = platform.run("status", "--json").json["components"]
    assert isinstance(components, list)
    return {component["name"]: component["state"] for component in components}


def present(platform: Workspace) -> set[str]:
    """The components that can run here."""
    return {name for name, state in states(platform).items() if state != "skipped"}


def test_every_component_is_healthy(platform: Workspace) -> None:
    found = states(platform)
    here = present(platform)
    assert here >= COMPONENTS
    assert found.keys() - here <= ELSEWHERE
    assert {name: found[name] for name in here} == dict.fromkeys(here, "healthy")
    assert platform.run("status", "--json").json["well"] is True


def test_every_target_is_up_and_no_rule_fails(platform: Workspace) -> None:
    address = platform.address("prometheus")
    targets = ask("GET", f"{address}/api/v1/targets")["data"]["activeTargets"]  # type: ignore[index]
    defined = load_platform(Path(__file__).parents[3]).components
    scraped = {component.name for component in defined if component.scrape} & present(platform)
    assert {t["labels"]["job"] for t in targets} == scraped | {"blackbox"}
    assert {t["health"] for t in targets} == {"up"}
    groups = ask("GET", f"{address}/api/v1/rules")["data"]["groups"]  # type: ignore[index]
    assert sum(len(group["rules"]) for group in groups) > 60
    often = [rule for group in groups for rule in group["rules"] if group["interval"] <= 15]
    assert [rule["name"] for rule in often if rule["health"] != "ok"] == []
    assert [rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "err"] == []


def test_the_demos_traffic_shows_per_tenant_of_every_vertical(platform: Workspace) -> None:
    def seen() -> set[object]:
        rows = query(
            platform,
            "count by (vertical) (sum by (tenant) (tenant_requests_total) > 0"
            " and on (tenant) tenant_info) or sum by (vertical) (tenant_info)",
        )
        return {row["metric"]["vertical"] for row in rows if "vertical" in row["metric"]}  # type: ignore[index,operator]

    assert eventually(lambda: seen() == {"hotels", "cinemas", "gyms", "b2b", "retail"}, within_s=60), seen()
    assert eventually(
        lambda: len(query(platform, "sum by (tenant) (tenant_requests_total) > 0")) > 5, within_s=90
    )


def test_no_panel_is_empty_without_a_stated_reason_and_no_rule_fails(platform: Workspace) -> None:
    """Some panels need a few minutes' worth of some rare event: the demo gets a while to make them."""
    wrong: list[object] = []

    def all_well() -> bool:
        pages = platform.run("check", "--live", "--json").json["pages"]
        assert isinstance(pages, list)
        wrong[:] = [
            (page["name"], finding["subject"], finding["verdict"], finding["detail"])
            for page in pages
            for finding in page["findings"]
            if finding["verdict"] in ("error", "empty", "partly empty")
        ]
        return bool(pages) and not wrong

    assert eventually(all_well, within_s=120), wrong


def test_a_second_deployment_changes_nothing(platform: Workspace) -> None:
    assert "nothing to change" in platform.deploy().stdout


def test_the_limiter_of_the_deployment_is_found_and_knows_the_registry(platform: Workspace) -> None:
    shown = platform.run("ratelimit", "show", "grand-hotel", "--json").json
    assert isinstance(shown, dict)
    assert (shown["tier"], bool(shown["limits"])) == ("platinum", True)
    assert platform.run("tenants", "sync", "--check").code == 0


def test_the_watchdog_fires_and_nothing_else(platform: Workspace) -> None:
    assert eventually(lambda: "Watchdog" in alerts(platform), within_s=60)
    assert alerts(platform) == {"Watchdog"}


def test_errors_in_the_demo_fire_the_right_alert_and_resolve(platform: Workspace) -> None:
    faults = f"{platform.address('demo-api')}/faults/errors"
    ask("PUT", faults, {"ratio": 0.5})
    try:
        assert eventually(lambda: "HighErrorRate" in alerts(platform), within_s=90), alerts(platform)
        assert alerts(platform) <= {"HighErrorRate", "IncidentRecent", "Watchdog"}
    finally:
        ask("DELETE", faults)


def test_the_link_of_an_alert_opens_its_runbook(platform: Workspace) -> None:
    found = ask("GET", f"{platform.address('alertmanager')}/api/v2/alerts")
    assert isinstance(found, list)
    assert found
    for alert in found:
        with urllib.request.urlopen(alert["annotations"]["runbook_url"], timeout=5) as page:
            assert f"<h1>{alert['labels']['alertname']}</h1>".encode() in page.read()


def test_a_dead_service_fires_service_down(platform: Workspace) -> None:
    os.kill(platform.pid("demo-api"), signal.SIGKILL)
    assert eventually(lambda: "ServiceDown" in alerts(platform), within_s=90), alerts(platform)
    assert platform.component("demo-api")["state"] == "died"
    platform.deploy()
    assert platform.component("demo-api")["state"] == "healthy"


def test_down_leaves_no_process_behind(platform: Workspace) -> None:
    pids = [platform.pid(name) for name in present(platform)]
    assert all(alive(pid) for pid in pids)
    assert platform.run("down").code == 0
    assert [pid for pid in pids if alive(pid)] == []
