"""`platformctl maintenance` with a real Alertmanager, a real Prometheus, and an account that judges by PagerDuty."""

from __future__ import annotations

import json
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast

import pytest
from support.pagerduty_server import TOKEN, PagerDuty, pagerduty_account
from support.servers import wait_for
from support.workspace import Ran, Workspace, sample_workspace

NEEDED = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
ONCALL = """

from dataclasses import replace

from platformctl.model.pagerduty import EscalationPolicy, EscalationStep, PagerDutyService

ONCALL = replace(
    ONCALL,
    escalation_policies=(EscalationPolicy(name="climb", steps=(EscalationStep(users=("ann@example.com",)),)),),
    services=(
        PagerDutyService(
            name="machines", description="", escalation_policy="climb", team="platform", components=("node-exporter",)
        ),
        PagerDutyService(
            name="all", description="", escalation_policy="climb", team="platform",
            components=("node-exporter", "prometheus"),
        ),
    ),
)
"""
RECURRING = """recurring:
  - {id: nightly, repeat: FREQ=DAILY, since: "2026-01-01", from: "03:00", to: "03:30", zone: Europe/Berlin,
     reason: Nightly work, services: [node-exporter]}
"""


@pytest.fixture(scope="module")
def account() -> Iterator[PagerDuty]:
    with pagerduty_account() as running:
        for name in ("all", "machines"):
            running.add(
                "services",
                {"name": name, "escalation_policy": {"id": "P0", "type": "escalation_policy_reference"}},
            )
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with sample_workspace(tmp_path_factory.mktemp("maintenance") / "workspace") as workspace:
        file = workspace.folder / "alerts_src" / "oncall.py"
        file.write_text(file.read_text() + ONCALL)
        workspace.deploy("--no-demo")
        yield workspace


def call(stack: Workspace, account: PagerDuty | None, *arguments: str) -> Ran:
    token = stack.folder / "token"
    token.write_text(TOKEN)
    if account is None:
        return stack.run("maintenance", *arguments)
    return stack.run(
        "maintenance", *arguments, "--token-file", str(token), PLATFORMCTL_PAGERDUTY_URL=account.url
    )


@cache
def address(stack: Workspace, component: str) -> str:
    """Where the component listens; it stays there."""
    return stack.address(component)


def opened(ran: Ran) -> dict[str, object]:
    assert ran.code == 0, ran.stderr
    return ran.json


def ask(url: str, body: object | None = None) -> object:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def silences(stack: Workspace, *states: str) -> list[dict[str, object]]:
    found = cast(list[dict[str, object]], ask(f"{address(stack, 'alertmanager')}/api/v2/silences"))
    return [
        s for s in found if cast(dict[str, str], s["status"])["state"] in (states or ("active", "pending"))
    ]


def held_back(stack: Workspace, labels: dict[str, str]) -> bool:
    """Whether Alertmanager silences an alert with these labels, posted to it now."""
    url = f"{address(stack, 'alertmanager')}/api/v2/alerts"
    ask(url, [{"labels": labels}])
    for alert in cast(list[dict[str, object]], ask(url)):
        if alert["labels"] == labels:
            return bool(cast(dict[str, list[str]], alert["status"])["silencedBy"])
    raise AssertionError(f"Alertmanager does not have the alert {labels}")


def shown(stack: Workspace) -> list[dict[str, str]]:
    """The labels of what dashboards show now."""
    query = urllib.parse.urlencode({"query": "platform:maintenance_window:info"})
    answer = cast(
        dict[str, dict[str, list[dict[str, dict[str, str]]]]],
        ask(f"{address(stack, 'prometheus')}/api/v1/query?{query}"),
    )
    return [series["metric"] for series in answer["data"]["result"]]


def states(stack: Workspace) -> dict[str, str]:
    windows = cast(list[dict[str, str]], opened(call(stack, None, "list", "--json"))["windows"])
    return {w["id"]: w["state"] for w in windows}


def test_a_window_for_a_tenant_silences_it_marks_dashboards_and_ends(stack: Workspace) -> None:
    begun = call(
        stack,
        None,
        "start",
        "--tenant",
        "grand-hotel",
        "--for",
        "2h",
        "--reason",
        "Import of rooms",
        "--json",
    )
    window = opened(begun)
    assert window["state"] == "open"
    wait_for(
        lambda: held_back(stack, {"alertname": "Slow", "tenant": "grand-hotel"}),
        what="the tenant's alert is held back",
    )
    assert not held_back(stack, {"alertname": "Slow", "tenant": "corner-gym"})
    wait_for(lambda: bool(shown(stack)), what="Prometheus shows the window", seconds=40)
    (series,) = shown(stack)
    assert (series["tenant"], series["reason"], series["window"]) == (
        "grand-hotel", "Import of rooms", window["id"],
    )  # fmt: skip
    assert states(stack) == {window["id"]: "open"}
    assert stack.run("drift").code == 0
    ended = call(stack, None, "end", str(window["id"]))
    assert ended.code == 0, ended.stderr
    assert silences(stack) == []
    assert states(stack) == {window["id"]: "over"}
    wait_for(lambda: shown(stack) == [], what="dashboards show it no longer", seconds=40)
    again = call(stack, None, "end", str(window["id"]))
    assert (again.code, "was over at" in again.stderr) == (2, True)


def test_a_window_for_a_tier_is_for_each_of_its_tenants(stack: Workspace) -> None:
    window = opened(
        call(stack, None, "start", "--tier", "bronze", "--for", "1h", "--reason", "Move", "--json")
    )
    wait_for(
        lambda: held_back(stack, {"alertname": "Slow", "tenant": "corner-gym"}),
        what="the alert of a tenant of the tier is held back",
    )
    assert not held_back(stack, {"alertname": "Slow", "tenant": "grand-hotel"})
    assert call(stack, None, "end", str(window["id"])).code == 0


def test_a_window_for_a_service_holds_pagerduty_still_where_nothing_else_pages(
    stack: Workspace, account: PagerDuty
) -> None:
    window = opened(
        call(
            stack, account, "start", "--service", "node-exporter", "--for", "1h", "--reason", "Disk", "--json"
        )
    )
    (there,) = account.state["maintenance_windows"].values()
    numbers = {str(s["name"]): s["id"] for s in account.state["services"].values()}
    assert [s["id"] for s in there["services"]] == [numbers["machines"]]
    assert there["description"] == f"[{window['id']}] Disk [platformctl: platformctl]"
    assert (there["end_time"][:16], there["end_time"][-1]) == (str(window["end"])[:16], "Z")
    assert call(stack, account, "list", "--json").json["windows"][-1]["notes"] == []  # type: ignore[index]
    (silence,) = silences(stack)
    request = urllib.request.Request(
        f"{address(stack, 'alertmanager')}/api/v2/silence/{silence['id']}", method="DELETE"
    )
    urllib.request.urlopen(request, timeout=5).close()
    assert "its silence is gone from Alertmanager" in call(stack, account, "list").stderr
    assert call(stack, account, "end", str(window["id"])).code == 0
    assert account.state["maintenance_windows"] == {}


def test_when_pagerduty_refuses_nothing_stays_open(stack: Workspace, account: PagerDuty) -> None:
    before = states(stack)
    account.refuse["POST", "/maintenance_windows"] = [400]
    refused = call(stack, account, "start", "--service", "node-exporter", "--for", "1h", "--reason", "Disk")
    assert refused.code == 1
    assert "PagerDuty answered 400" in refused.stderr
    assert silences(stack) == []
    assert states(stack) == before


def test_when_the_record_cannot_be_written_nothing_stays_open(stack: Workspace, account: PagerDuty) -> None:
    record = stack.folder / ".platformctl" / "maintenance" / "record.jsonl"
    kept = record.read_bytes()
    record.unlink()
    record.mkdir()
    try:
        refused = call(
            stack, account, "start", "--service", "node-exporter", "--for", "1h", "--reason", "Disk"
        )
    finally:
        record.rmdir()
        record.write_bytes(kept)
    assert refused.code == 1
    assert (silences(stack), account.state["maintenance_windows"]) == ([], {})


def test_a_planned_window_waits_and_can_be_called_off(stack: Workspace) -> None:
    begin = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%MZ")
    window = opened(
        call(
            stack, None, "start", "--tier", "gold", "--at", begin, "--for", "1h", "--reason", "Move", "--json"
        )
    )
    assert (window["state"], len(silences(stack, "pending"))) == ("planned", 1)
    assert call(stack, None, "end", str(window["id"])).code == 0
    assert silences(stack) == []
    assert str(window["id"]) not in states(stack)


def test_recurring_windows_are_opened_ahead_and_only_once(stack: Workspace, account: PagerDuty) -> None:
    (stack.folder / "slas" / "maintenance.yml").write_text(RECURRING)
    first = cast(
        list[dict[str, str]], opened(call(stack, account, "sync", "--ahead", "3d", "--json"))["windows"]
    )
    assert len(first) == 3
    assert {w["state"] for w in first} == {"planned"}
    assert opened(call(stack, account, "sync", "--ahead", "3d", "--json"))["windows"] == []
    assert (len(silences(stack, "pending")), len(account.state["maintenance_windows"])) == (3, 3)


def test_a_misspelt_name_is_refused(stack: Workspace) -> None:
    refused = call(stack, None, "start", "--tenant", "grand-hotle", "--for", "1h", "--reason", "Move")
    assert refused.code == 2
    assert "unknown tenant: grand-hotle\n  fix: known: " in refused.stderr
