"""`platformctl runbook --live` and `--firing` on a real Prometheus and Alertmanager, while a service is dead."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from support.servers import wait_for
from support.workspace import COMMAND, Ran, Workspace, sample_workspace

NEEDED = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
ANOTHER = """ALERTS = (
    SERVICE_DOWN,
    dataclasses.replace(SERVICE_DOWN, name="ServiceMissing", severity=Severity.INFO),
)"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A stack whose node exporter has been killed, and whose two alerts fire for that."""
    with sample_workspace(tmp_path_factory.mktemp("runbook") / "workspace") as workspace:
        alerts = workspace.folder / "alerts_src" / "service.py"
        text = alerts.read_text().replace("ALERTS = (SERVICE_DOWN,)", ANOTHER)
        alerts.write_text(text.replace("\n\nfrom", "\n\nimport dataclasses\n\nfrom", 1))
        page = (workspace.folder / "runbooks" / "ServiceDown.md").read_text()
        (workspace.folder / "runbooks" / "ServiceMissing.md").write_text(page)
        workspace.deploy("--no-demo")
        os.kill(workspace.pid("node-exporter"), signal.SIGKILL)
        wait_for(lambda: len(firing(workspace)) == 2, what="both alerts fire", seconds=60)
        yield workspace


def firing(workspace: Workspace) -> list[dict[str, object]]:
    return cast(list[dict[str, object]], workspace.run("runbook", "--firing", "--json").json["groups"])


def live(workspace: Workspace, alert: str) -> dict[str, object]:
    return cast(dict[str, object], workspace.run("runbook", alert, "--live", "--json").json["live"])


def on_a_terminal(workspace: Workspace, *arguments: str, answer: str) -> str:
    """What the command shows on a terminal where somebody types `answer`."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [str(COMMAND), *arguments],
        cwd=workspace.folder,
        env=os.environ | {"DOCKER_HOST": "unix:///nonexistent", "TERM": "xterm", "NO_COLOR": "1"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        os.write(master, f"{answer}\n".encode())
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # how Linux tells that the other end is closed
                break
            if not piece:
                break
            shown += piece
        process.wait(timeout=60)
    os.close(master)
    return shown.decode().replace("\r\n", "\n")


def silence(workspace: Workspace, matchers: dict[str, str], comment: str) -> None:
    """Open a silence by Alertmanager's own API."""
    now = datetime.now(UTC)
    body = {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in matchers.items()
        ],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "a tester",
        "comment": comment,
    }
    request = urllib.request.Request(
        f"{workspace.address('alertmanager')}/api/v2/silences",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def test_the_live_state_stands_above_the_page(stack: Workspace) -> None:
    ran = stack.run("runbook", "ServiceDown", "--live")
    assert ran.code == 0
    state, _, page = ran.stdout.partition("\n\n")
    lines = state.splitlines()
    assert lines[0] == "ServiceDown is firing"
    assert "value 0 {job=node-exporter}: node-exporter does not answer." in lines[1]
    assert "affected job: node-exporter" in lines
    assert "  ServiceMissing {job=node-exporter}" in lines
    assert page.startswith("# ServiceDown\n")


def test_what_fires_is_listed_the_worst_first(stack: Workspace) -> None:
    groups = firing(stack)
    assert [(g["alert"], g["severity"], g["has_page"]) for g in groups] == [
        ("ServiceDown", "critical", True),
        ("ServiceMissing", "info", True),
    ]
    piped = stack.run("runbook", "--firing")
    assert [line.split()[:4] for line in piped.stdout.splitlines()[1:]] == [
        ["1", "ServiceDown", "critical", "1"],
        ["2", "ServiceMissing", "info", "1"],
    ]


def test_on_a_terminal_the_page_of_one_that_fires_can_be_chosen(stack: Workspace) -> None:
    shown = on_a_terminal(stack, "runbook", "--firing", answer="2")
    assert "Which? [1-2, Enter for none]" in shown
    assert "ServiceMissing is firing" in shown
    assert "\nMeaning\n" in shown
    assert "\nMeaning\n" not in on_a_terminal(stack, "runbook", "--firing", answer="")


def test_on_a_terminal_one_of_several_pages_can_be_chosen(stack: Workspace) -> None:
    shown = on_a_terminal(stack, "runbook", "service", answer="1")
    assert "1  ServiceDown     A service has not answered Prometheus for two seconds." in shown
    assert "ServiceDown\n\nMeaning\n" in shown


def test_only_the_silences_that_hold_the_alert_back_are_told(stack: Workspace) -> None:
    silence(stack, {"alertname": "ServiceMissing", "job": "node-exporter"}, "being replaced")
    silence(stack, {"alertname": "ServiceMissing", "job": "something-else"}, "not ours")
    shown = stack.run("runbook", "ServiceMissing", "--live").stdout
    (told,) = (line for line in shown.splitlines() if line.startswith("silence "))
    assert told.startswith('silence {alertname="ServiceMissing", job="node-exporter"} until 20')
    assert told.endswith("by a tester: being replaced")
    assert live(stack, "ServiceDown")["silences"] == []
    quiet = {g["alert"]: g["quiet"] for g in firing(stack)}
    wait_for(
        lambda: {g["alert"]: g["quiet"] for g in firing(stack)} == {"ServiceDown": 0, "ServiceMissing": 1},
        what=f"Alertmanager applies the silence, instead of {quiet}",
    )


def test_an_alertmanager_that_is_dead_is_told_and_hides_nothing_else(stack: Workspace) -> None:
    os.kill(stack.pid("alertmanager"), signal.SIGKILL)
    ran = stack.run("runbook", "ServiceDown", "--live")
    assert ran.code == 0
    assert "ServiceDown is firing" in ran.stdout
    assert "! not known: the silences: Alertmanager does not run here" in ran.stdout
    assert "# ServiceDown" in ran.stdout


def test_after_the_repair_the_alert_is_quiet_and_its_relatives_are_over(stack: Workspace) -> None:
    stack.deploy("--no-demo")
    wait_for(lambda: firing(stack) == [], what="nothing fires", seconds=60)
    assert stack.run("runbook", "--firing").stdout == "nothing fires\n"
    state = live(stack, "ServiceDown")
    assert state["state"] == "quiet"
    related = cast(list[dict[str, object]], state["related"])
    assert {(r["name"], r["firing"]) for r in related} == {("ServiceMissing", False)}


def test_where_nothing_runs_the_page_is_shown_and_the_lack_is_told(stack: Workspace) -> None:
    stack.run("down", "--yes")
    ran: Ran = stack.run("runbook", "ServiceDown", "--live")
    assert ran.code == 0
    assert ran.stdout.startswith("ServiceDown is unknown\n! not known: nothing runs here\n")
    assert "# ServiceDown" in ran.stdout
    refused = stack.run("runbook", "--firing")
    assert (refused.code, refused.stdout) == (1, "")
    assert refused.stderr == "error: nothing runs here\n  fix: platformctl deploy\n"


def test_a_page_of_the_workspace_is_found_from_a_folder_below(stack: Workspace, tmp_path: Path) -> None:
    below = stack.folder / "alerts_src"
    assert Workspace(below).run("runbook", "servicedwon").stdout.startswith("# ServiceDown\n")
