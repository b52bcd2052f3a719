"""`platformctl pagerduty` against an account that judges every request by PagerDuty's own OpenAPI document."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from e2e.pagerduty.definitions import OBJECTS, USERS
from support.pagerduty_server import TOKEN, PagerDuty, pagerduty_account
from support.workspace import Ran, Workspace, sample_workspace

from platformctl.app import pagerduty as use_case
from platformctl.errors import PlatformError
from platformctl.sinks.pagerduty.changes import Plan
from platformctl.sinks.pagerduty.read import Holdings

pytestmark = pytest.mark.e2e
OWN = 'components=("prometheus",),'
IN_THREE_DAYS = f"{datetime.now(UTC) + timedelta(days=3):%a}"[:2].upper()
WEEKLY = f"""recurring:
  - {{id: upgrade, repeat: FREQ=WEEKLY;BYDAY={IN_THREE_DAYS}, since: "2026-01-01", from: "02:00", to: "04:00",
     zone: UTC, reason: Weekly upgrade, services: [prometheus]}}
"""


@pytest.fixture
def account() -> Iterator[PagerDuty]:
    with pagerduty_account() as running:
        running.add_users(*USERS)
        yield running


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The sample workspace with an object of each kind."""
    with sample_workspace(tmp_path / "workspace") as made:
        file = made.folder / "alerts_src" / "oncall.py"
        file.write_text(file.read_text() + OBJECTS)
        secrets = made.folder / ".platformctl" / "secrets"
        secrets.mkdir(parents=True)
        (secrets / use_case.TOKEN_FILE).write_text(f"{TOKEN}\n")
        yield made


def call(workspace: Workspace, account: PagerDuty, *arguments: str) -> Ran:
    return workspace.run("pagerduty", *arguments, PLATFORMCTL_PAGERDUTY_URL=account.url)


def opened(workspace: Workspace, account: PagerDuty) -> AbstractContextManager[use_case.Opened]:
    request = use_case.AccountRequest(
        workspace=workspace.folder, start=workspace.folder, url=account.url, first_wait_s=0.01
    )
    return use_case.open_account(request)


def apply(workspace: Workspace, account: PagerDuty, *, prune: bool = False) -> None:
    with opened(workspace, account) as account_:
        use_case.apply_account(account_, prune=prune, confirm=lambda plan: True, say=lambda line: None)


def plan(workspace: Workspace, account: PagerDuty) -> tuple[Plan, Holdings]:
    with opened(workspace, account) as account_:
        return use_case.plan_account(account_, prune=False)


def secret(workspace: Workspace, name: str) -> Path:
    return workspace.folder / ".platformctl" / "secrets" / name


def test_an_empty_account_is_filled_once_and_then_left_alone(
    workspace: Workspace, account: PagerDuty
) -> None:
    planned = call(workspace, account, "plan", "--check")
    assert planned.code == 3, planned.stderr
    assert "+ escalation policy climb\n" in planned.stdout
    assert account.writes() == []
    refused = call(workspace, account, "apply")
    assert (refused.code, account.writes()) == (2, [])  # no terminal to ask on
    done = call(workspace, account, "apply", "--yes")
    assert done.code == 0, done.stderr
    assert done.stdout == "6 objects and 2 routing keys changed\n"
    assert account.names("services") == ["pages"]
    (service,) = account.state["services"].values()
    assert service["description"] == "What is critical. [platformctl: platformctl]"
    key = secret(workspace, "pagerduty-platform")
    assert key.read_text() == account.integrations[service["id"]][0]["integration_key"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() not in done.stdout + done.stderr
    (router,) = account.routers.values()
    assert router["sets"][0]["rules"][0]["actions"]["route_to"] == service["id"]
    assert [r["supporting_service"]["id"] for r in account.relations] == [service["id"]]
    account.calls.clear()
    assert call(workspace, account, "apply", "--yes").stdout == "nothing to change\n"
    assert call(workspace, account, "plan", "--check").code == 0
    assert account.writes() == []


def test_what_somebody_changed_by_hand_is_shown_and_set_right(
    workspace: Workspace, account: PagerDuty
) -> None:
    apply(workspace, account)
    (policy,) = account.state["escalation_policies"].values()
    policy["num_loops"] = 9
    (schedule,) = account.state["schedules"].values()
    (layer,) = schedule["schedule_layers"]
    layer["users"].reverse()
    layer["start"] = "2026-11-01T00:00:00Z"  # PagerDuty moves it; only the virtual start counts
    number = layer["id"]
    planned = call(workspace, account, "plan").stdout
    assert "~ escalation policy climb\n    num_loops: 9 -> 2\n" in planned
    assert (
        'users: ["bob@example.com", "ann@example.com"] -> ["ann@example.com", "bob@example.com"]' in planned
    )
    apply(workspace, account)
    assert policy["num_loops"] == 2
    assert [layer["id"] for layer in schedule["schedule_layers"]] == [number]
    assert call(workspace, account, "plan", "--check").code == 0


def test_only_our_own_objects_are_ever_touched(workspace: Workspace, account: PagerDuty) -> None:
    account.add("teams", {"name": "sales", "description": "Not ours."})
    account.add("teams", {"name": "pruned", "description": "Theirs. [platformctl: another-workspace]"})
    account.add("teams", {"name": "old", "description": "Ours. [platformctl: platformctl]"})
    before = {e["name"]: dict(e) for e in account.state["teams"].values()}
    apply(workspace, account)
    left = call(workspace, account, "plan")
    assert "! team old is ours and no longer defined; --prune deletes it\n" in left.stdout
    assert account.names("teams") == ["old", "platform", "pruned", "sales"]
    apply(workspace, account, prune=True)
    assert account.names("teams") == ["platform", "pruned", "sales"]
    after = {e["name"]: e for e in account.state["teams"].values()}
    assert {name: after[name] == before[name] for name in ("sales", "pruned")} == {
        "sales": True,
        "pruned": True,
    }


def test_pruning_deletes_users_of_an_object_before_the_object(
    workspace: Workspace, account: PagerDuty
) -> None:
    apply(workspace, account)
    workspace.edit("alerts_src/oncall.py", "ONCALL = replace(\n    ONCALL,", "ONCALL, _ = ONCALL, dict(")
    apply(workspace, account, prune=True)
    kinds = ("schedules", "escalation_policies", "services", "business_services", "event_orchestrations")
    assert [name for kind in kinds for name in account.names(kind)] == []
    assert account.names("teams") == ["platform"]


def test_an_object_of_somebody_else_is_refused_until_it_is_taken_over(
    workspace: Workspace, account: PagerDuty
) -> None:
    theirs = account.add("teams", {"name": "platform", "description": "By hand.", "default_role": "none"})
    refused = call(workspace, account, "apply", "--yes")
    assert refused.code == 1
    assert "objects of these names that are not ours: teams:platform" in refused.stderr
    assert account.writes() == []
    assert call(workspace, account, "import", "--yes").stdout == "teams:platform\n"
    assert theirs["description"] == "By hand. [platformctl: platformctl]"
    assert theirs["default_role"] == "none"
    assert 'description: "By hand." -> "Platform"' in call(workspace, account, "plan").stdout
    again = call(workspace, account, "import", "teams:platform", "--yes")
    assert (again.code, again.stderr.splitlines()[0]) == (
        2, "error: teams:platform belongs to 'platformctl' already",
    )  # fmt: skip


def test_a_user_who_is_not_in_the_account_stops_it_before_the_first_change(
    workspace: Workspace, account: PagerDuty
) -> None:
    workspace.edit("alerts_src/oncall.py", "eve@example.com", "mallory@example.com")
    refused = call(workspace, account, "apply", "--yes")
    assert (refused.code, account.writes()) == (1, [])
    assert "the account has no user mallory@example.com" in refused.stderr


def test_a_refusal_half_way_is_told_and_the_next_run_does_the_rest(
    workspace: Workspace, account: PagerDuty
) -> None:
    account.refuse["POST", "/services"] = [400]
    with pytest.raises(
        PlatformError, match="3 of 8 changes were made; then: PagerDuty answered 400: as the test"
    ):
        apply(workspace, account)
    assert (account.names("escalation_policies"), account.names("services")) == (["climb"], [])
    apply(workspace, account)
    assert account.names("teams") == ["platform"]
    assert plan(workspace, account)[0].is_empty


def test_the_rate_limit_is_waited_out(workspace: Workspace, account: PagerDuty) -> None:
    account.refuse["GET", "/teams"] = [429, 429]
    account.refuse["POST", "/teams"] = [429]
    apply(workspace, account)
    assert account.calls.count(("POST", "/teams")) == 2
    assert account.names("teams") == ["platform"]


def test_a_list_of_many_pages_is_read_whole(workspace: Workspace, account: PagerDuty) -> None:
    for number in range(10):
        account.add("teams", {"name": f"team-{number}", "description": ""})
    account.add("teams", {"name": "platform", "description": "Platform [platformctl: platformctl]"})
    found, holdings = plan(workspace, account)
    assert len([h for h in holdings.held if h.kind.name == "teams"]) == 11
    assert "teams" not in {change.kind.name for change in found.changes}
    assert account.calls.count(("GET", "/teams")) == 4


def test_an_account_that_changes_while_the_plan_is_read_is_not_touched(
    workspace: Workspace, account: PagerDuty
) -> None:
    def meddle(_: object) -> bool:
        account.add("teams", {"name": "platform", "description": "Just made."})
        return True

    with (
        opened(workspace, account) as account_,
        pytest.raises(PlatformError, match="has changed since the plan was made"),
    ):
        use_case.apply_account(account_, prune=False, confirm=meddle, say=lambda line: None)
    assert account.writes() == []


def test_an_exported_account_gives_the_definitions_that_made_it(
    workspace: Workspace, account: PagerDuty, tmp_path: Path
) -> None:
    apply(workspace, account)
    account.add("teams", {"name": "sales", "description": "Not ours."})
    layer = {
        "start": "2026-11-01T00:00:00Z",
        "rotation_virtual_start": "2026-11-01T00:00:00Z",
        "rotation_turn_length_seconds": 86400,
        "users": [],
    }
    account.add("schedules", {"name": "odd", "time_zone": "UTC", "schedule_layers": [{**layer}, {**layer}]})
    written = call(workspace, account, "export")
    assert (written.code, "sales" in written.stdout) == (0, False), written.stderr
    assert "! left out: odd: has several layers" in call(workspace, account, "export", "--all").stderr
    names: dict[str, object] = {}
    exec(written.stdout, names)  # the text is ours: it was just written
    with opened(workspace, account) as account_:
        oncall = account_.oncall
    assert names["SCHEDULES"] == oncall.schedules
    assert names["ESCALATION_POLICIES"] == oncall.escalation_policies
    assert names["SERVICES"] == oncall.services
    assert names["BUSINESS_SERVICES"] == oncall.business_services
    assert names["ORCHESTRATIONS"] == oncall.orchestrations


def test_a_window_that_recurs_is_planned_made_once_moved_and_pruned(
    workspace: Workspace, account: PagerDuty
) -> None:
    workspace.edit(
        "alerts_src/oncall.py", 'team="platform",\n            routing', f"team='platform', {OWN}\n routing"
    )
    definition = workspace.folder / "slas" / "maintenance.yml"
    definition.write_text(WEEKLY)
    planned = call(workspace, account, "plan").stdout
    assert planned.count("+ maintenance window [upgrade-") == 1
    apply(workspace, account)
    (window,) = account.state["maintenance_windows"].values()
    (service,) = account.state["services"]
    assert [s["id"] for s in window["services"]] == [service]
    assert window["description"].endswith("] Weekly upgrade [platformctl: platformctl]")
    assert call(workspace, account, "plan", "--check").code == 0
    definition.write_text(WEEKLY.replace('to: "04:00"', 'to: "05:00"'))
    assert "\n    end: " in call(workspace, account, "plan").stdout
    apply(workspace, account)
    (window,) = account.state["maintenance_windows"].values()
    length = datetime.fromisoformat(window["end_time"]) - datetime.fromisoformat(window["start_time"])
    assert length == timedelta(hours=3)
    definition.write_text("recurring: []\n")
    assert "no longer defined" in call(workspace, account, "plan").stdout
    apply(workspace, account, prune=True)
    assert account.state["maintenance_windows"] == {}


def test_a_wrong_token_or_a_foreign_plain_address_is_refused(
    workspace: Workspace, account: PagerDuty
) -> None:
    token = secret(workspace, use_case.TOKEN_FILE)
    plain = workspace.run("pagerduty", "plan", "--url", "http://api.pagerduty.com")
    assert (plain.code, "the token would travel in clear" in plain.stderr) == (2, True)
    token.write_text("another-token")
    ran = call(workspace, account, "plan", "--json")
    assert ran.code == 1
    told = cast(dict[str, str], ran.json["error"])
    assert told["what"] == "PagerDuty refuses the token (401)"
    assert "another-token" not in ran.stdout + ran.stderr
    token.unlink()
    assert "cannot be read" in call(workspace, account, "plan").stderr
