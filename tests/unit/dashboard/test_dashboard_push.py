"""A Grafana that runs already comes to hold our dashboards, and keeps everything else: against a stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.dashboard.grafana_server import TOKEN, Grafana, serving

from platformctl.app.dashboard_push import PushRequest, Target, open_target, plan_push, push
from platformctl.errors import PartlyApplied, PlatformError, UsageError
from platformctl.sinks.grafana.changes import Plan

SAMPLE = Path(__file__).parents[2] / "platform"
CLI = Path(sys.executable).with_name("platformctl")


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with serving() as server:
        yield server


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


@pytest.fixture
def target(grafana: Grafana, token: Path) -> Iterator[Target]:
    with open_target(PushRequest(url=grafana.url, workspace=SAMPLE, token_file=token)) as opened:
        yield opened


def yes(_: Plan) -> bool:
    return True


def no(_: Plan) -> bool:
    return False


def pushed(target: Target, *, overwrite: bool = False) -> Plan:
    done = push(target, overwrite=yes if overwrite else no, confirm=yes, say=lambda _: None)
    assert done is not None
    return done


def test_folders_and_dashboards_are_made_once(grafana: Grafana, target: Target) -> None:
    first = pushed(target)
    uids = {page.uid for page in target.pages}
    assert {(change.action, change.uid) for change in first.changes} == {("create", uid) for uid in uids}
    assert grafana.dashboards.keys() == uids
    assert set(grafana.folders.values()) == {page.folder_title for page in target.pages}
    assert all("platformctl" in kept["tree"]["tags"] for kept in grafana.dashboards.values())
    grafana.calls.clear()
    assert pushed(target).is_empty
    assert grafana.writes == []


def test_an_older_grafana_lists_versions_otherwise(grafana: Grafana, target: Target) -> None:
    grafana.old_versions = True
    pushed(target)
    assert pushed(target).is_empty


def test_a_plan_changes_nothing_and_a_no_neither(grafana: Grafana, target: Target) -> None:
    assert not plan_push(target).is_empty
    assert push(target, overwrite=yes, confirm=no, say=lambda _: None) is None
    assert grafana.writes == []


def test_a_dashboard_edited_by_hand_is_told_and_kept_unless_we_may_overwrite_it(
    grafana: Grafana, target: Target
) -> None:
    pushed(target)
    uid = target.pages[0].uid
    by_hand = {"type": "stat", "title": "Anna's", "gridPos": {"x": 0, "y": 90, "w": 4, "h": 4}}
    grafana.edit(uid, panels=[*grafana.dashboards[uid]["tree"]["panels"], by_hand])
    (change,) = plan_push(target).drifted
    assert (change.action, change.uid, change.losing) == ("overwrite", uid, ("Anna's",))
    assert change.edited == "version 2 by anna at 2026-11-20T10:00:00Z"
    grafana.calls.clear()
    assert pushed(target, overwrite=False).is_empty
    assert grafana.writes == []
    assert [c.uid for c in pushed(target, overwrite=True).changes] == [uid]
    assert by_hand not in grafana.dashboards[uid]["tree"]["panels"]
    assert pushed(target).is_empty


def test_what_does_not_carry_our_tag_is_never_changed(grafana: Grafana, target: Target) -> None:
    grafana.folders["mine"] = "Mine"
    uid = target.pages[0].uid
    grafana.save(
        {"uid": uid, "title": "Theirs", "tags": [], "panels": []}, folder="mine", message="", by="bob"
    )
    grafana.save(
        {"uid": "other", "title": "Other", "tags": ["x"], "panels": []}, folder="mine", message="", by="bob"
    )
    with pytest.raises(PlatformError, match=rf"not ours to change: {uid} \(not tagged\)"):
        pushed(target, overwrite=True)
    assert grafana.writes == []


def test_a_dashboard_from_files_is_left_to_its_files(grafana: Grafana, target: Target) -> None:
    pushed(target)
    grafana.dashboards[target.pages[0].uid]["provisioned"] = True
    with pytest.raises(PlatformError, match="from files"):
        pushed(target)


def test_a_changed_definition_is_an_update_and_another_folder_a_move(
    grafana: Grafana, token: Path, target: Target
) -> None:
    pushed(target)
    uid = target.pages[0].uid
    grafana.dashboards[uid]["versions"][-1]["message"] = "platformctl 0000000000000000"
    assert {(c.action, c.uid) for c in pushed(target).changes} == {("update", uid)}
    grafana.folders["f123"] = "Platform"
    request = PushRequest(url=grafana.url, workspace=SAMPLE, token_file=token, folder="Platform")
    with open_target(request) as moved:
        done = pushed(moved)
        assert {change.action for change in done.changes} == {"move"}
        assert done.folders == ()
        assert pushed(moved).is_empty
    assert {kept["folder"] for kept in grafana.dashboards.values()} == {"f123"}


def test_what_is_no_longer_defined_goes_only_with_prune(
    grafana: Grafana, token: Path, target: Target
) -> None:
    pushed(target)
    tree = {"uid": "gone", "title": "Gone", "tags": ["platformctl"], "panels": []}
    grafana.save(tree, folder="operations", message="platformctl 0123", by="sa")
    assert [held.uid for held in plan_push(target).left] == ["gone"]
    with open_target(PushRequest(url=grafana.url, workspace=SAMPLE, token_file=token, prune=True)) as pruning:
        assert [(c.action, c.uid) for c in pushed(pruning).changes] == [("delete", "gone")]
    assert "gone" not in grafana.dashboards


def test_somebody_who_saves_between_plan_and_push_is_not_overwritten(
    grafana: Grafana, target: Target
) -> None:
    pushed(target)
    uid = target.pages[0].uid
    grafana.dashboards[uid]["versions"][-1]["message"] = "platformctl 0000000000000000"

    def edit_meanwhile(_: Plan) -> bool:
        grafana.edit(uid, title="Anna's title")
        return True

    with pytest.raises(PartlyApplied, match="saved it since the plan was made"):
        push(target, overwrite=yes, confirm=edit_meanwhile, say=lambda _: None)
    assert grafana.dashboards[uid]["tree"]["title"] == "Anna's title"


def test_a_failure_half_way_says_what_was_done_and_the_next_run_does_the_rest(
    grafana: Grafana, target: Target
) -> None:
    grafana.fail_after = 0
    with pytest.raises(PartlyApplied, match=rf"0 of {len(target.pages)} .*the disk is full"):
        pushed(target)
    grafana.fail_after = 1000
    assert len(pushed(target).changes) == len(target.pages)


def test_a_wrong_token_is_refused_and_never_told(grafana: Grafana, token: Path) -> None:
    token.write_text("a-wrong-secret")
    with open_target(PushRequest(url=grafana.url, workspace=SAMPLE, token_file=token)) as target:
        with pytest.raises(PlatformError, match="refuses the token") as refused:
            plan_push(target)
        assert "a-wrong-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://grafana.example.com",
        "ftp://127.0.0.1",
        "grafana",
        "https://me:pw@g.example.com",
        "https://g/?x=1",
    ],
)
def test_a_token_travels_only_where_nobody_reads_along(url: str, token: Path) -> None:
    with (
        pytest.raises(UsageError) as refused,
        open_target(PushRequest(url=url, workspace=SAMPLE, token_file=token)),
    ):
        pass
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("text", ["", " \n", "two\nlines", "ümlaut", "\x00"])
def test_a_file_without_a_token_is_refused(text: str, token: Path) -> None:
    token.write_text(text)
    with (
        pytest.raises(UsageError, match=r"is empty|more than a token"),
        open_target(PushRequest(url="https://g", workspace=SAMPLE, token_file=token)),
    ):
        pass


def test_the_command_checks_asks_and_pushes(grafana: Grafana, token: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [
            CLI,
            "dashboard",
            "push",
            "--url",
            grafana.url,
            "--token-file",
            token,
            "-w",
            SAMPLE,
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    differs = run("--check", "--json")
    assert (differs.returncode, grafana.writes) == (3, [])
    assert {change["action"] for change in json.loads(differs.stdout)["changes"]} == {"create"}
    unasked = run()
    assert (unasked.returncode, grafana.writes) == (2, [])
    assert "run it again with --yes" in unasked.stderr
    done = run("--yes")
    assert (done.returncode, done.stdout) == (0, f"{len(grafana.dashboards)} dashboards changed\n")
    assert run("--check").returncode == 0
    assert TOKEN not in done.stdout + done.stderr + differs.stdout + differs.stderr
