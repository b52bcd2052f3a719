"""What `platformctl doctor` says of a machine."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from support.workspace import Workspace, sample_workspace

from platformctl.app.doctor import Finding, Verdict, examine
from platformctl.app.session import Request
from platformctl.sources import machine_facts


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    with sample_workspace(tmp_path / "workspace") as made:
        return made


def of(workspace: Workspace, subject: str) -> Finding:
    (found,) = (f for f in examine(Request(workspace=workspace.folder)) if f.subject == subject)
    return found


def test_a_taken_port_is_named_with_its_component(workspace: Workspace) -> None:
    assert of(workspace, "ports").verdict is Verdict.OK
    with socket.socket() as other:
        other.bind(("127.0.0.1", workspace.ports["alertmanager"]))
        other.listen()
        found = of(workspace, "ports")
    assert found.verdict is Verdict.WARNING
    assert f"{workspace.ports['alertmanager']} (alertmanager)" in found.what


def test_without_an_engine_the_native_runtime_is_enough(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    assert of(workspace, "compose runtime").verdict is Verdict.WARNING
    assert of(workspace, "native runtime").verdict is Verdict.OK


def test_a_program_that_is_absent_is_named_with_its_package(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = of(workspace, "prometheus")
    assert found.verdict is Verdict.WARNING
    assert "no prometheus found" in found.what
    assert found.fix == "apt-get install prometheus"


def test_memory_is_what_the_kernel_reckons_available(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 4096000 kB\nMemFree: 1024 kB\nMemAvailable: 2048000 kB\n")
    assert machine_facts.memory_available_mb(meminfo) == 2000
    assert machine_facts.memory_available_mb(tmp_path / "absent") is None


def test_space_is_measured_where_the_folder_will_be(tmp_path: Path) -> None:
    assert machine_facts.disk_free_mb(tmp_path / "not" / "yet") > 0
    assert machine_facts.is_writable(tmp_path / "not" / "yet")
    assert not machine_facts.is_writable(Path("/proc/1/not"))


def test_a_size_that_the_machine_cannot_hold_is_told_before_the_engine_refuses_it(
    workspace: Workspace,
) -> None:
    assert of(workspace, "CPUs").verdict is Verdict.OK
    workspace.edit("compose/components.py", 'user="', 'cpus=1000.0, user="')
    (workspace.folder / "compose" / "deployment.py").write_text(
        "from platformctl.model.deployment import Deployment, Size\n"
        "DEPLOYMENT = Deployment(size=Size.LARGE)\n"
    )
    found = of(workspace, "CPUs")
    assert found.verdict is Verdict.WARNING
    assert "size large lets one container use 4000" in found.what
    assert "size large may fill 2,1" in of(workspace, "disk").what
