"""`platformctl history`, `rollback` and `drift` on real servers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import urllib.request
from collections.abc import Iterator

import pytest
from support.servers import wait_for
from support.workspace import Workspace, alive, sample_workspace

NEEDED = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
ANOTHER = (
    'RECORDING_RULES = (RecordingRule(name="job:up:max", expr="max by (job) (up)", help="Another one."),'
)
HAND_MADE = """groups:
  - name: mine
    rules:
      - record: mine:up
        expr: up
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with two good releases, the second with one rule more, and broken definitions."""
    with sample_workspace(tmp_path_factory.mktemp("releases") / "workspace") as workspace:
        workspace.deploy("--no-demo")
        workspace.edit("alerts_src/service.py", "RECORDING_RULES = (", ANOTHER)
        workspace.deploy("--no-demo")
        workspace.edit("alerts_src/service.py", "RECORDING_RULES", "RECORDING RULES")
        yield workspace


def rules(workspace: Workspace) -> set[str]:
    """The names of the rules that Prometheus has loaded."""
    url = f"http://127.0.0.1:{workspace.ports['prometheus']}/api/v1/rules"
    with urllib.request.urlopen(url, timeout=5) as answer:
        groups = json.load(answer)["data"]["groups"]
    return {rule["name"] for group in groups for rule in group["rules"]}


def test_the_release_before_serves_again_although_the_definitions_are_broken(twice: Workspace) -> None:
    pid = twice.pid("prometheus")
    assert "job:up:max" in rules(twice)
    ran = twice.run("rollback", "--yes")
    assert ran.code == 0, ran.stderr
    assert "release 1 serves" in ran.stdout
    assert "job:up:max" not in rules(twice)
    assert "job:up:min" in rules(twice)
    assert twice.pid("prometheus") == pid, "a reload is enough"
    assert "release 1 serves already" in twice.run("rollback", "1", "--yes").stdout

    events = json.loads(twice.run("history", "--json").stdout)
    assert [(e["action"], e["ending"], e["release"]) for e in events] == [
        ("deploy", "done", 1),
        ("deploy", "done", 2),
        ("rollback", "done", 1),
    ]
    assert events[-1]["units"] == ["reload prometheus"]
    missing = twice.run("rollback", "9", "--yes")
    assert missing.code == 2
    assert "there is no release 9; kept are: 1, 2" in missing.stderr


def test_drift_names_what_was_changed_by_hand_and_what_died(twice: Workspace) -> None:
    assert twice.run("drift").code == 0, "as deployed"
    current = twice.folder / ".platformctl" / "current" / "prometheus"
    (current / "rules" / "mine.yml").write_text(HAND_MADE)
    main = current / "prometheus.yml"
    main.write_text(main.read_text().replace("rule_files:", "rule_files:\n  - rules/mine.yml"))
    os.kill(twice.pid("prometheus"), signal.SIGHUP)
    exporter = twice.pid("node-exporter")
    os.kill(exporter, signal.SIGKILL)
    wait_for(lambda: "mine:up" in rules(twice) and not alive(exporter), what="the changes are in force")

    ran = twice.run("drift", "--json")
    assert ran.code == 3
    found = {
        (d["kind"], d["name"], d["what"].partition(":")[0]) for d in json.loads(ran.stdout)["differences"]
    }
    assert found == {
        ("file", "prometheus/prometheus.yml", "was edited"),
        ("file", "prometheus/rules/mine.yml", "is not part of the release"),
        ("rule", "mine:up", "was added by hand"),
        ("component", "node-exporter", "has died"),
    }
