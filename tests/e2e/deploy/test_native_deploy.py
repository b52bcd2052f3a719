"""`platformctl deploy` on real servers: what it brings up, what it leaves alone, and how it fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.workspace import COMMAND, Ran, Workspace, alive, sample_workspace

NEEDED = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]

RULES = "RECORDING_RULES = ("
ANOTHER_RULE = 'RecordingRule(name="job:up:max", expr="max by (job) (up)", help="Another one."),'
FAILING_RULE = 'RecordingRule(name="job:up:bad", expr="up * on () group_left () up", help="Fails."),'


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with sample_workspace(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def deployed(workspace: Workspace) -> Workspace:
    workspace.deploy("--no-demo")
    return workspace


def get(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        loaded: dict[str, object] = json.load(answer)
    return loaded


def eventually(claim: Callable[[], bool], *, within_s: float = 20) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.1)
    return claim()


def test_the_stack_comes_up_verified_and_a_second_run_changes_nothing(workspace: Workspace) -> None:
    first = workspace.deploy("--no-demo")
    assert "prometheus" in first.stdout
    targets = get(f"{workspace.address('prometheus')}/api/v1/targets")["data"]["activeTargets"]  # type: ignore[index]
    assert {target["health"] for target in targets} == {"up"}
    assert {target["labels"]["job"] for target in targets} == set(NEEDED_JOBS)
    pids = {name: workspace.pid(name) for name in NEEDED_JOBS}

    second = workspace.deploy("--no-demo")
    assert "nothing to change" in second.stdout
    assert pids == {name: workspace.pid(name) for name in NEEDED_JOBS}


NEEDED_JOBS = ("prometheus", "alertmanager", "node-exporter")


def test_down_leaves_no_process_and_keeps_the_data(deployed: Workspace) -> None:
    pids = [deployed.pid(name) for name in NEEDED_JOBS]
    assert all(alive(pid) for pid in pids)
    assert deployed.run("down").code == 0
    assert not any(alive(pid) for pid in pids)
    assert any((deployed.folder / ".platformctl" / "data" / "prometheus").iterdir())


def test_an_alert_fires_in_alertmanager_when_a_service_dies(deployed: Workspace) -> None:
    address = deployed.address("alertmanager")
    os.kill(deployed.pid("node-exporter"), signal.SIGKILL)

    def fires() -> bool:
        with urllib.request.urlopen(f"{address}/api/v2/alerts", timeout=5) as answer:
            return any(a["labels"]["alertname"] == "ServiceDown" for a in json.load(answer))

    assert eventually(fires, within_s=30)


def test_a_killed_component_is_told_and_only_that_one_is_started_again(deployed: Workspace) -> None:
    before = {name: deployed.pid(name) for name in NEEDED_JOBS}
    os.kill(before["node-exporter"], signal.SIGKILL)
    assert eventually(lambda: not alive(before["node-exporter"]))
    assert deployed.component("node-exporter")["state"] == "died"
    assert deployed.run("status").code == 1

    deployed.deploy("--no-demo")
    after = {name: deployed.pid(name) for name in NEEDED_JOBS}
    assert {name for name in NEEDED_JOBS if before[name] != after[name]} == {"node-exporter"}


def test_a_changed_rule_is_reloaded_without_a_restart_and_without_losing_data(deployed: Workspace) -> None:
    pid, address = deployed.pid("prometheus"), deployed.address("prometheus")
    deployed.edit("alerts_src/service.py", RULES, RULES + ANOTHER_RULE)
    ran = deployed.deploy("--no-demo")
    assert "reload: prometheus" in ran.stderr
    assert deployed.pid("prometheus") == pid
    rules = get(f"{address}/api/v1/rules")["data"]["groups"]  # type: ignore[index]
    assert "job:up:max" in {rule["name"] for group in rules for rule in group["rules"]}
    samples = get(f"{address}/api/v1/query?query=count_over_time(up%7Bjob=%22prometheus%22%7D[1h])")["data"][
        "result"
    ]  # type: ignore[index]
    assert int(samples[0]["value"][1]) > 1


def exposed(workspace: Workspace) -> set[tuple[str, str]]:
    """(component, side) of what `audit` finds reachable from elsewhere."""
    findings = json.loads(workspace.run("audit", "--json", "--no-demo").stdout)["findings"]
    return {(f["subject"], f["side"]) for f in findings if f["rule"] == "exposed-port"}


def test_audit_sees_a_port_that_is_open_to_others_whatever_the_definitions_say(deployed: Workspace) -> None:
    assert exposed(deployed) == set()
    native = 'package="prometheus-node-exporter",\n            args=("--web.listen-address='
    deployed.edit("compose/components.py", native + "{listen:http}", native + ":{port:http}")
    deployed.deploy("--no-demo")
    assert exposed(deployed) == {("node-exporter", "running")}


def test_a_definition_with_a_fault_changes_nothing_and_names_the_line(deployed: Workspace) -> None:
    deployed.edit("alerts_src/service.py", 'name="ServiceDown"', 'name="service down"')
    ran = deployed.run("deploy", "--yes", "--no-demo")
    assert ran.code == 1
    assert "alerts_src/service.py:" in ran.stderr
    assert "'service down' is not a valid name" in ran.stderr
    assert deployed_releases(deployed) == 1


def deployed_releases(workspace: Workspace) -> int:
    return len([p for p in (workspace.folder / ".platformctl" / "releases").iterdir() if p.name.isdigit()])


def test_a_rule_that_fails_when_evaluated_is_rolled_back_and_the_old_release_serves(
    deployed: Workspace,
) -> None:
    deployed.edit("alerts_src/service.py", RULES, RULES + FAILING_RULE)
    ran = deployed.run("deploy", "--yes", "--no-demo")
    assert ran.code == 4, ran.stderr
    assert "job:up:bad" in ran.stderr
    assert "release 1 serves on" in ran.stderr
    rules = get(f"{deployed.address('prometheus')}/api/v1/rules")["data"]["groups"]  # type: ignore[index]
    assert "job:up:bad" not in {rule["name"] for group in rules for rule in group["rules"]}


def test_a_taken_port_is_replaced_by_a_free_one_that_is_written_down(workspace: Workspace) -> None:
    port = workspace.ports["node-exporter"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        workspace.deploy("--no-demo")
        assert not workspace.address("node-exporter").endswith(f":{port}")
        address = workspace.address("node-exporter")
    assert "nothing to change" in workspace.deploy("--no-demo").stdout
    assert workspace.address("node-exporter") == address


def interrupted(workspace: Workspace, number: signal.Signals, *, after: str) -> Ran:
    """A deployment that gets a signal once it has printed `after`."""
    with subprocess.Popen(
        [str(COMMAND), "deploy", "--yes", "--no-demo", "--runtime", "native"],
        cwd=workspace.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if after in line:
                process.send_signal(number)
                break
        rest_out, rest_err = process.communicate(timeout=60)
    return Ran(rest_out, said + rest_err, process.returncode)


def test_an_interrupted_first_deployment_leaves_nothing_running(workspace: Workspace) -> None:
    ran = interrupted(workspace, signal.SIGINT, after="start: alertmanager")
    assert ran.code == 130
    assert "nothing runs" in ran.stderr
    assert "not started" in workspace.component("prometheus")["state"]


def test_an_interrupted_change_leaves_the_last_good_release_serving(deployed: Workspace) -> None:
    deployed.edit(
        "compose/components.py",
        '"--storage.tsdb.path={data}",',
        '"--storage.tsdb.path={data}", "--query.max-concurrency=7",',
    )
    ran = interrupted(deployed, signal.SIGTERM, after="restart: prometheus")
    assert ran.code == 143
    assert "release 1 serves on" in ran.stderr
    assert deployed.component("prometheus")["state"] == "healthy"
    arguments = Path(f"/proc/{deployed.pid('prometheus')}/cmdline").read_text()
    assert "max-concurrency=7" not in arguments


def test_a_second_deployment_at_the_same_time_is_refused(workspace: Workspace) -> None:
    with subprocess.Popen(
        [str(COMMAND), "deploy", "--yes", "--no-demo", "--runtime", "native"],
        cwd=workspace.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as first:
        assert first.stderr is not None
        first.stderr.readline()
        second = workspace.run("deploy", "--yes", "--no-demo", "--runtime", "native")
        _, talk = first.communicate(timeout=120)
    assert first.returncode == 0, talk
    assert second.code == 1
    assert f"another deployment is at work here (process {first.pid})" in second.stderr


def fill(path: Path) -> None:
    """Write until the file system is full."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, b"x" * 4096)
    except OSError as error:
        assert error.errno == errno.ENOSPC
    finally:
        os.close(file)


def test_a_full_disk_is_told_and_the_last_good_release_serves_on(deployed: Workspace) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    releases = deployed.folder / ".platformctl" / "releases"
    kept = deployed.folder / "kept"
    shutil.copytree(releases, kept)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(releases)], check=True)
    try:
        shutil.copytree(kept, releases, dirs_exist_ok=True)
        fill(releases / "filler")
        deployed.edit("alerts_src/service.py", RULES, RULES + ANOTHER_RULE)
        ran = deployed.run("deploy", "--yes", "--no-demo")
        assert ran.code == 1
        assert "No space left on device" in ran.stderr
        assert "free some space" in ran.stderr
        assert deployed.component("prometheus")["state"] == "healthy"
    finally:
        subprocess.run(["umount", str(releases)], check=True)
