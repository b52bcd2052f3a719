"""The compose runtime on a real engine, with real servers in stand-in images."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.compose.deployed import Stack, container_id, until, up_targets
from support import compose_sample
from support.engine import compose_1, docker

from platformctl.errors import PlatformError
from platformctl.model.artifact import Artifact
from platformctl.model.component import Build, Image, Port
from platformctl.model.platform import Platform
from platformctl.plan import UnitAction
from platformctl.sinks.compose.runtime import ComposeRuntime

pytestmark = [pytest.mark.docker, pytest.mark.e2e, pytest.mark.slow]


def with_memory(platform: Platform, name: str, memory_mb: int) -> Platform:
    changed = [compose_sample.with_memory(c, memory_mb) if c.name == name else c for c in platform.components]
    return replace(platform, components=tuple(changed))


def test_the_core_stack_comes_up_and_sees_itself(stack: Stack) -> None:
    assert stack.runtime.unavailable() is None
    stack.deploy()
    assert {unit for unit, running in stack.runtime.running().items() if running.alive} == {
        component.name for component in compose_sample.CORE
    }
    scraped = {component.name for component in compose_sample.CORE if component.scrape}
    assert until(lambda: up_targets(stack) == scraped), up_targets(stack)
    assert "\npg_up 1" in stack.ask("postgres-exporter", "/metrics")
    assert "\nredis_up 1" in stack.ask("redis-exporter", "/metrics")


def test_the_engine_finds_every_container_healthy(stack: Stack) -> None:
    stack.deploy()

    def states() -> set[str]:
        ids = stack.docker("ps", "--quiet").split()
        return set(stack.docker("inspect", "--format", "{{.State.Health.Status}}", *ids).split())

    assert until(lambda: states() == {"healthy"}), states()


def test_a_second_plan_is_empty(stack: Stack) -> None:
    stack.deploy()
    assert stack.deploy().is_empty


def test_everything_is_published_on_loopback_alone(stack: Stack) -> None:
    stack.deploy()
    for published in stack.docker("ps", "--format", "{{.Ports}}").splitlines():
        assert published.startswith("127.0.0.1:"), published


def test_a_changed_rule_is_taken_over_without_a_restart(stack: Stack) -> None:
    stack.deploy()
    before = container_id(stack, "prometheus")
    plan = stack.deploy(rule="vector(2)")
    assert [(change.action, change.name) for change in plan.units] == [(UnitAction.RELOAD, "prometheus")]
    assert stack.loaded_rule() == "vector(2)"
    assert container_id(stack, "prometheus") == before


def test_a_refused_configuration_is_named_and_the_old_one_stays(stack: Stack) -> None:
    stack.deploy()
    with pytest.raises(PlatformError, match=r"(?s)prometheus refuses its new configuration.*unclosed left"):
        stack.deploy(rule="sum(")
    assert stack.loaded_rule() == "vector(1)"
    assert "prometheus_config_last_reload_successful 1" in stack.ask("prometheus", "/metrics")
    stack.docker("restart", container_id(stack, "prometheus"))
    assert until(lambda: "prometheus" in stack.ask("prometheus", "/-/ready").lower())
    assert stack.loaded_rule() == "vector(1)"


def test_a_changed_limit_replaces_that_container_and_keeps_its_data(stack: Stack) -> None:
    stack.deploy()
    stack.docker("exec", container_id(stack, "redis"), "redis-cli", "set", "kept", "yes")
    plan = stack.deploy(with_memory(stack.platform, "redis", 300))
    assert [(change.action, change.name) for change in plan.units] == [(UnitAction.RESTART, "redis")]
    assert stack.docker("exec", container_id(stack, "redis"), "redis-cli", "get", "kept") == "yes"
    memory = stack.docker("inspect", "--format", "{{.HostConfig.Memory}}", container_id(stack, "redis"))
    assert int(memory) == 300 * 1024 * 1024


def test_a_killed_container_is_seen_dead_and_started_again(stack: Stack) -> None:
    stack.deploy()
    stack.docker("kill", container_id(stack, "node-exporter"))
    dead = stack.runtime.running()["node-exporter"]
    assert (dead.alive, dead.detail) == (False, "killed")
    plan = stack.deploy()
    assert [(change.action, change.name) for change in plan.units] == [(UnitAction.START, "node-exporter")]
    assert stack.runtime.running()["node-exporter"].alive


def test_a_removed_component_is_stopped(stack: Stack) -> None:
    stack.deploy()
    fewer = replace(
        stack.platform, components=tuple(c for c in stack.platform.components if c.name != "redis-exporter")
    )
    plan = stack.deploy(fewer)
    assert (UnitAction.STOP, "redis-exporter") in [(change.action, change.name) for change in plan.units]
    assert "redis-exporter" not in stack.runtime.running()


def test_a_container_that_cannot_run_says_so_with_its_last_words(stack: Stack) -> None:
    stack.deploy()
    broken = compose_sample.with_command(compose_sample.core("node-exporter"), "--no-such-flag")
    components = [broken if c.name == broken.name else c for c in stack.platform.components]
    with pytest.raises(PlatformError, match=r"(?s)node-exporter does not run.*unknown long flag"):
        stack.deploy(replace(stack.platform, components=tuple(components)))


def test_logs_and_versions_are_those_of_the_container(stack: Stack) -> None:
    stack.deploy()
    lines = list(stack.runtime.log_lines("redis", tail=3, follow=False))
    assert 1 <= len(lines) <= 3
    site, _ = stack.release()
    assert stack.runtime.version(compose_sample.core("prometheus"), site).startswith("v3.")
    with pytest.raises(PlatformError, match="no-such has no container"):
        stack.runtime.log_lines("no-such", tail=1, follow=False)


def test_a_secret_is_in_its_containers_and_nowhere_else(stack: Stack) -> None:
    stack.deploy()
    secret = stack.state / "secrets" / "postgres-password"
    assert secret.stat().st_mode & 0o777 == 0o600
    value = secret.read_text()
    inside = stack.docker("exec", container_id(stack, "postgres-exporter"), "/bin/server", "--version")
    assert value not in inside
    everything = stack.docker("inspect", *stack.docker("ps", "--quiet").split())
    assert value not in everything
    assert (stack.state / "compose" / "secrets").stat().st_mode & 0o777 == 0o700
    mounted = [
        m["Destination"] for c in json.loads(everything) for m in c["Mounts"] if "/secrets/" in m["Source"]
    ]
    assert mounted == ["/run/secrets/postgres-password"] * 2
    owners = {path.parent.name: path.stat() for path in (stack.state / "compose" / "secrets").glob("*/*")}
    assert {unit: (s.st_uid, s.st_mode & 0o777) for unit, s in owners.items()} == {
        "postgres": (70, 0o400),
        "postgres-exporter": (65534, 0o400),
    }


def test_databases_are_out_of_reach_of_whoever_has_no_business_with_them(stack: Stack) -> None:
    """By name, and by address; from their network nothing gets out of this machine."""
    stack.deploy()

    def networks(unit: str) -> dict[str, str]:
        shown = stack.docker(
            "inspect", "--format", "{{json .NetworkSettings.Networks}}", container_id(stack, unit)
        )
        return {name.removeprefix("platformctl_"): of["IPAddress"] for name, of in json.loads(shown).items()}

    assert set(networks("redis")) == set(networks("postgres")) == {"data"}
    assert set(networks("prometheus")) == {"monitoring"}
    assert set(networks("redis-exporter")) == {"data", "monitoring"}
    address = networks("redis")["data"]

    def reaches(unit: str, host: str) -> bool:
        fetch = ("/bin/wget", "-T", "2", "-t", "1", "-O", "/dev/null", f"http://{host}/")
        command = ["docker", "exec", container_id(stack, unit), *fetch]
        return (
            "connected."
            in subprocess.run(command, env=dict(stack.environment), capture_output=True, text=True).stderr
        )

    assert reaches("redis-exporter", "redis:6379")
    assert reaches("prometheus", "redis-exporter:9121")
    assert not reaches("prometheus", "redis:6379")
    assert not reaches("prometheus", f"{address}:6379")
    closed = stack.docker("network", "inspect", "--format", "{{json .Options}}", "platformctl_data")
    assert json.loads(closed)["com.docker.network.bridge.enable_ip_masquerade"] == "false"


def test_another_workspace_is_refused_the_same_project(stack: Stack, tmp_path: Path) -> None:
    stack.deploy()
    other = Stack(state=tmp_path / ".platformctl", environment=stack.environment)
    assert other.runtime.running() == {}
    with pytest.raises(PlatformError, match="have the project name 'platformctl'"):
        other.release()
    assert other.runtime.down(volumes=True) == ()
    assert stack.deploy().is_empty


def test_down_leaves_nothing_but_the_data_unless_asked(
    engine_environment: dict[str, str], stack: Stack
) -> None:
    stack.deploy()
    stopped = stack.runtime.down(volumes=False)
    assert stopped.index("redis-exporter") < stopped.index("redis")
    assert docker(engine_environment, "ps", "--all", "--quiet") == ""
    assert "platformctl" not in docker(engine_environment, "network", "ls")
    assert "platformctl_prometheus-data" in docker(engine_environment, "volume", "ls")
    stack.deploy()
    stack.runtime.down(volumes=True)
    assert docker(engine_environment, "volume", "ls", "--quiet") == ""


def test_a_release_folder_runs_on_another_machine_without_us(stack: Stack, tmp_path: Path) -> None:
    stack.deploy()
    stack.runtime.down(volumes=True)
    folder = shutil.copytree((stack.state / "current").resolve(), tmp_path / "handed-over")
    for unit, user in (("postgres", 70), ("postgres-exporter", 65534)):  # as secrets/README.md says
        secret = folder / "secrets" / unit / "postgres-password"
        secret.parent.mkdir()
        secret.write_text("chosen-by-a-person")
        os.chown(secret, user, -1)
        secret.chmod(0o400)
    compose = ["docker", "compose"]
    try:
        up = [*compose, "up", "--detach", "--wait", "--pull", "never"]
        done = subprocess.run(up, cwd=folder, env=dict(stack.environment), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert until(lambda: "ready" in stack.ask("prometheus", "/-/ready").lower())
        assert stack.loaded_rule() == "vector(1)"
    finally:
        down = [*compose, "down", "--volumes"]
        subprocess.run(down, cwd=folder, env=dict(stack.environment), capture_output=True, check=True)


def test_our_own_service_is_built_and_built_anew_when_its_context_changes(stack: Stack) -> None:
    base = compose_sample.container(compose_sample.core("node-exporter"))
    service = replace(
        compose_sample.core("node-exporter"),
        name="shop",
        ports=(Port(name="http", number=8000),),
        container=replace(base, image=Build(repository="platformctl/shop", tag="1", context="build/shop")),
    )

    def defined(note: str) -> Platform:
        dockerfile = f"FROM {base.image}\nLABEL note={note}\n".encode()
        return compose_sample.platform(service, builds=(Artifact("build/shop/Dockerfile", dockerfile),))

    def note() -> str:
        return stack.docker("inspect", "--format", "{{.Config.Labels.note}}", container_id(stack, "shop"))

    stack.deploy(defined("first"))
    assert note() == "first"
    assert stack.deploy(defined("first")).is_empty
    plan = stack.deploy(defined("second"))
    assert [(change.action, change.name) for change in plan.units] == [(UnitAction.RESTART, "shop")]
    assert note() == "second"


def test_docker_compose_1_runs_the_same_release(stack: Stack, tmp_path: Path) -> None:
    if compose_1() is None:
        pytest.skip("docker-compose 1.29 is not installed")
    stack.runtime.down(volumes=True)
    (tmp_path / "config").mkdir()  # without the plugin
    environment = {**stack.environment, "DOCKER_CONFIG": str(tmp_path / "config")}
    stack = Stack(state=tmp_path / ".platformctl", environment=environment)
    try:
        stack.deploy()
        assert stack.deploy().is_empty
        stack.deploy(rule="vector(3)")
        assert stack.loaded_rule() == "vector(3)"
    finally:
        stack.runtime.down(volumes=True)
    assert docker(environment, "ps", "--all", "--quiet") == ""


def test_an_image_that_cannot_be_had_makes_the_runtime_unavailable(
    engine_environment: dict[str, str], tmp_path: Path
) -> None:
    missing = "registry.invalid/no/such:1"
    runtime = ComposeRuntime(tmp_path, images=(missing,), environment=engine_environment)
    assert f"the image {missing} is not here and cannot be fetched" in str(runtime.unavailable())


def test_an_image_that_cannot_be_had_stops_a_deployment_before_anything_is_touched(stack: Stack) -> None:
    stack.deploy()
    before = stack.docker("ps", "--quiet", "--no-trunc")
    base = compose_sample.core("redis-exporter")
    image = Image(repository="registry.invalid/no/such", tag="1")
    unknown = replace(base, container=replace(compose_sample.container(base), image=image))
    components = [unknown if c.name == base.name else c for c in stack.platform.components]
    with pytest.raises(PlatformError, match=r"the image registry\.invalid/no/such:1 is not here"):
        stack.deploy(replace(stack.platform, components=tuple(components)))
    assert stack.docker("ps", "--quiet", "--no-trunc") == before
