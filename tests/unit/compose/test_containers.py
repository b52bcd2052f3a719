"""What the engine says of containers, in our words."""

from __future__ import annotations

from copy import deepcopy

import pytest

from platformctl.sinks.compose.containers import Inspection, read, stop_order

RUNNING: Inspection = {
    "Id": "abc",
    "RestartCount": 0,
    "State": {
        "Status": "running",
        "ExitCode": 0,
        "OOMKilled": False,
        "Health": {"Status": "starting", "Log": []},
    },
    "Config": {
        "Image": "prom/prometheus:v3.13.5",
        "Labels": {
            "io.platformctl.unit": "prometheus",
            "io.platformctl.process": "1234",
            "io.platformctl.needs": "redis postgres",
        },
        "Healthcheck": {"Test": ["CMD", "wget", "-q", "http://127.0.0.1"]},
    },
    "HostConfig": {
        "PortBindings": {"9090/tcp": [{"HostIp": "127.0.0.1", "HostPort": "19090"}], "1/tcp": None}
    },
}


def changed(**state: object) -> Inspection:
    document = deepcopy(RUNNING)
    document["State"].update(state)  # type: ignore[typeddict-item]
    return document


def test_a_running_container_is_read_whole() -> None:
    container = read(RUNNING)
    assert (container.unit, container.process, container.version) == (
        "prometheus",
        "1234",
        "v3.13.5",
    )
    assert container.needs == ("redis", "postgres")
    assert container.health == ("wget", "-q", "http://127.0.0.1")
    assert container.ports == {19090}
    assert container.alive


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        ({"Status": "exited", "ExitCode": 2}, "exit code 2"),
        ({"Status": "exited", "ExitCode": 137}, "killed"),
        ({"Status": "exited", "ExitCode": 137, "OOMKilled": True}, "out of memory"),
        ({"Status": "created", "Error": "port is already allocated"}, "port is already allocated"),
        ({"Status": "paused"}, "paused"),
        ({"Status": "restarting", "ExitCode": 1}, "it ends again and again"),
        ({"Health": {"Status": "unhealthy", "Log": [{"Output": "refused\n"}]}}, "unhealthy: refused"),
        ({"Health": {"Status": "unhealthy", "Log": None}}, "unhealthy"),
    ],
)
def test_a_container_that_does_not_serve_is_dead_and_says_why(state: dict[str, object], detail: str) -> None:
    container = read(changed(**state))
    assert not container.alive
    assert detail in container.detail


def test_a_stand_in_is_never_named_like_what_it_stands_for() -> None:
    document = deepcopy(RUNNING)
    document["Config"]["Labels"] = {"io.platformctl.stand-in": "prom/prometheus:v3.13.5"}
    assert read(document).version == "v3.13.5 (stand-in)"


def test_a_shell_health_command_is_run_by_a_shell() -> None:
    document = deepcopy(RUNNING)
    document["Config"]["Healthcheck"] = {"Test": ["CMD-SHELL", "true"]}
    assert read(document).health == ("sh", "-c", "true")


@pytest.mark.parametrize("test", [[], ["NONE"], None])
def test_a_container_without_a_health_check_has_no_command(test: list[str] | None) -> None:
    document = deepcopy(RUNNING)
    document["Config"]["Healthcheck"] = {"Test": test}
    assert read(document).health == ()


def test_a_container_stops_before_what_it_needs() -> None:
    def unit(name: str, needs: str) -> Inspection:
        document = deepcopy(RUNNING)
        document["Config"]["Labels"] = {"io.platformctl.unit": name, "io.platformctl.needs": needs}
        return document

    containers = [read(unit("redis", "")), read(unit("app", "redis gone")), read(unit("gateway", "app"))]
    assert [container.unit for container in stop_order(containers)] == ["gateway", "app", "redis"]
