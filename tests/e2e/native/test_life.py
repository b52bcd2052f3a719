"""The life of real servers as local processes: up, changed, killed, down."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from e2e.native.conftest import NewStack
from e2e.native.stack import Stack, alive, core, eventually, processes_of

from platformctl.errors import PlatformError
from platformctl.plan import UnitAction

pytestmark = pytest.mark.e2e

ALL = (
    "prometheus",
    "alertmanager",
    "node-exporter",
    "redis",
    "redis-exporter",
    "postgres",
    "postgres-exporter",
)


def get(stack: Stack, name: str, path: str) -> str:
    host, port = stack.address(name)
    with urlopen(f"http://{host}:{port}{path}", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def test_every_core_component_runs_and_serves_and_a_second_look_changes_nothing(new_stack: NewStack) -> None:
    stack = new_stack(*core(*ALL))
    assert {change.name for change in stack.deploy()} == set(ALL)
    assert "pg_up 1" in get(stack, "postgres-exporter", "/metrics")  # it connects to the database `platform`
    assert "redis_up 1" in get(stack, "redis-exporter", "/metrics")
    assert "prometheus_build_info" in get(stack, "prometheus", "/metrics")
    assert stack.survey() == stack.survey()
    assert stack.deploy() == ()


def test_every_killed_component_is_told_and_started_again_alone(new_stack: NewStack) -> None:
    stack = new_stack(*core(*ALL))
    stack.deploy()
    for name in ALL:
        others = {other: stack.record(other).pid for other in ALL if other != name}
        os.kill(stack.record(name).pid, signal.SIGKILL)
        assert eventually(lambda: not stack.runtime.running()[name].alive)  # noqa: B023 - asked at once
        assert [(c.action, c.name) for c in stack.deploy()] == [(UnitAction.START, name)]
        assert others == {other: stack.record(other).pid for other in others}
    assert "pg_up 1" in get(stack, "postgres-exporter", "/metrics")


def test_a_crash_is_shown_with_the_last_lines_it_said(new_stack: NewStack) -> None:
    stack = new_stack(*core("redis"))
    stack.deploy()
    os.kill(stack.record("redis").pid, signal.SIGSEGV)
    assert eventually(lambda: not stack.runtime.running()["redis"].alive)
    # Redis' own crash report goes on for a moment after its death.
    assert eventually(lambda: "redis-server --check-system" in stack.runtime.running()["redis"].detail)


def test_down_ends_everything_keeps_the_data_and_with_volumes_deletes_it(new_stack: NewStack) -> None:
    stack = new_stack(*core("prometheus", "postgres"))
    stack.deploy()
    assert processes_of(stack.state)
    assert stack.runtime.down(volumes=False) == ("postgres", "prometheus")
    assert processes_of(stack.state) == []
    assert stack.runtime.running() == {}
    assert any((stack.state / "data" / "prometheus").iterdir())
    stack.deploy()
    stack.runtime.down(volumes=True)
    assert not (stack.state / "data").exists()


def test_a_clean_stop_is_no_crash_for_the_database(new_stack: NewStack) -> None:
    stack = new_stack(*core("postgres", "postgres-exporter"))
    stack.deploy()
    get(stack, "postgres-exporter", "/metrics")  # leaves a connection open
    stack.runtime.down(volumes=False)
    stack.deploy()
    assert "database system was shut down" in stack.log("postgres")
    assert "not properly shut down" not in stack.log("postgres")


def test_a_changed_configuration_is_taken_over_without_a_restart(new_stack: NewStack) -> None:
    stack = new_stack(*core("prometheus"))
    stack.deploy()
    pid = stack.record("prometheus").pid
    stack.files["prometheus/prometheus.yml"] = b"global: {scrape_interval: 7s}\n"
    assert [change.action for change in stack.deploy()] == [UnitAction.RELOAD]
    assert stack.record("prometheus").pid == pid
    assert (
        "scrape_interval: 7s" in json.loads(get(stack, "prometheus", "/api/v1/status/config"))["data"]["yaml"]
    )
    assert stack.deploy() == ()


def test_a_refused_configuration_is_told_with_the_servers_reason_and_the_old_one_serves(
    new_stack: NewStack,
) -> None:
    stack = new_stack(*core("prometheus"))
    stack.deploy()
    stack.files["prometheus/prometheus.yml"] = b"global: {scrape_intervall: 7s}\n"
    with pytest.raises(PlatformError, match="field scrape_intervall not found"):
        stack.deploy()
    assert (
        "scrape_interval: 1s" in json.loads(get(stack, "prometheus", "/api/v1/status/config"))["data"]["yaml"]
    )
    assert [change.action for change in stack.plan(stack.release()).units] == [UnitAction.RELOAD]


def test_other_arguments_restart_the_process_and_keep_its_data(new_stack: NewStack) -> None:
    stack = new_stack(*core("redis"))
    stack.deploy()
    first = stack.record("redis").pid
    assert redis(stack, "SET tenant cinema") == "+OK"
    (component,) = stack.components
    native = component.native
    assert native is not None
    stack.components = (
        replace(component, native=replace(native, args=(*native.args, "--maxmemory", "64mb"))),
    )
    assert [change.action for change in stack.deploy()] == [UnitAction.RESTART]
    assert not alive(first)
    assert redis(stack, "GET tenant") == "$6 cinema"


def redis(stack: Stack, command: str) -> str:
    """A command in Redis' inline protocol, and the lines of its answer."""
    with socket.create_connection(stack.address("redis"), timeout=5) as connection:
        connection.sendall(f"{command}\r\n".encode())
        return " ".join(connection.recv(1024).decode().split())


def test_a_component_that_left_the_stack_is_stopped(new_stack: NewStack) -> None:
    stack = new_stack(*core("redis", "node-exporter"))
    stack.deploy()
    pid = stack.record("redis").pid
    stack.components = stack.components[1:]
    assert [(change.action, change.name) for change in stack.deploy()] == [(UnitAction.STOP, "redis")]
    assert not alive(pid)


def test_processes_outlive_the_command_that_started_them(new_stack: NewStack) -> None:
    stack = new_stack(*core("node-exporter"))
    assert stack.start_from_elsewhere("node-exporter").wait(timeout=60) == 0
    assert stack.runtime.running()["node-exporter"].alive
    assert "node_cpu_seconds_total" in get(stack, "node-exporter", "/metrics")


def test_processes_get_a_small_environment_and_no_secret(
    new_stack: NewStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "not-for-servers")
    stack = new_stack(*core("postgres", "postgres-exporter"))
    stack.deploy()
    password = (stack.state / "secrets" / "postgres-password").read_text()
    for name in ("postgres", "postgres-exporter"):
        process = Path(f"/proc/{stack.record(name).pid}")
        told = (process / "environ").read_text() + (process / "cmdline").read_text()
        assert "CLOUD_TOKEN" not in told
        assert password not in told
        assert password not in stack.log(name)
    assert all(password.encode() not in file.content for file in stack.release().files.values())


def test_a_server_listens_on_the_loopback_address_only(new_stack: NewStack) -> None:
    stack = new_stack(*core(*ALL))
    stack.deploy()
    ports = {f"{stack.address(name)[1]:04X}" for name in ALL}
    listening = [
        line.split()[1].split(":")
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert {host for host, port in listening if port in ports} == {"0100007F"}


def test_versions_are_those_that_the_programs_name(new_stack: NewStack) -> None:
    stack = new_stack(*core("prometheus", "redis"))
    site = stack.survey()
    for component in stack.components:
        said = subprocess.run(
            [site.places[component.name].program, "--version"], capture_output=True, text=True, check=True
        )
        version = stack.runtime.version(component, site)
        assert version
        assert version in said.stdout + said.stderr


def test_logs_are_followed_from_their_tail_on(new_stack: NewStack) -> None:
    stack = new_stack(*core("alertmanager"))
    stack.deploy()
    following = stack.runtime.log_lines("alertmanager", tail=1, follow=True)
    assert next(following) == stack.log("alertmanager").splitlines()[-1]
    host, port = stack.address("alertmanager")
    connection = http.client.HTTPConnection(host, port, timeout=5)
    connection.request("POST", "/-/reload")
    connection.close()
    assert "configuration file" in next(following)
