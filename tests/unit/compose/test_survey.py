"""The site of a machine without looking at it, and why a machine without an engine has none."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support import compose_sample
from support.compose_sample import CORE, DEMO

from platformctl.errors import PlatformError
from platformctl.model.component import Native
from platformctl.sinks.compose.engine import EngineName
from platformctl.sinks.compose.runtime import ComposeRuntime
from platformctl.sinks.runtime import SurveyOptions


def runtime(state: Path, **environment: str) -> ComposeRuntime:
    return ComposeRuntime(state, environment=environment)


def without_engine(state: Path) -> ComposeRuntime:
    """The runtime with a client that finds nobody at its socket."""
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    return runtime(state, PATH=os.environ["PATH"], DOCKER_HOST=f"unix://{state}/no.sock")


def test_the_default_site_has_everything_on_its_own_port(tmp_path: Path) -> None:
    site = runtime(tmp_path).default_site(compose_sample.platform(*CORE, DEMO), SurveyOptions())
    assert set(site.places) == {component.name for component in (*CORE, DEMO)}
    assert site.published("prometheus", "http") == "127.0.0.1:9090"
    assert site.reach("prometheus", "http") == "prometheus:9090"
    assert site.fill("prometheus", "{config}/prometheus.yml {data} {listen:http}") == (
        "/etc/platformctl/prometheus/prometheus.yml /prometheus 0.0.0.0:9090"
    )
    assert site.fill("postgres", "{secret:postgres-password}") == "/run/secrets/postgres-password"
    assert site.secrets == {"postgres-password"}
    assert list(tmp_path.iterdir()) == []


def test_the_demo_stays_out_when_it_is_not_wanted(tmp_path: Path) -> None:
    options = SurveyOptions(demo=False)
    site = runtime(tmp_path).default_site(compose_sample.platform(*CORE, DEMO), options)
    assert not site.has("shop")


def test_a_component_without_a_container_is_named_as_skipped(tmp_path: Path) -> None:
    native = replace(DEMO, container=None, native=Native(binaries=("shop",)))
    site = runtime(tmp_path).default_site(compose_sample.platform(*CORE, native), SurveyOptions())
    assert not site.has("shop")
    assert [(skipped.component, skipped.reason) for skipped in site.skipped] == [
        ("shop", "it has no container")
    ]


def test_without_a_client_the_runtime_says_so(tmp_path: Path) -> None:
    assert runtime(tmp_path, PATH="/nowhere").unavailable() == "docker is not installed"


def test_podman_is_only_tried_when_named(tmp_path: Path) -> None:
    podman = ComposeRuntime(tmp_path, engine=EngineName.PODMAN, environment={"PATH": "/nowhere"})
    assert podman.unavailable() == "podman is not installed"


@pytest.mark.docker
def test_without_an_engine_the_runtime_says_so_and_nothing_runs(tmp_path: Path) -> None:
    lonely = without_engine(tmp_path)
    assert "no.sock" in str(lonely.unavailable())
    assert lonely.running() == {}
    assert lonely.down(volumes=False) == ()


@pytest.mark.docker
def test_a_stack_whose_engine_is_gone_is_not_taken_for_no_stack(tmp_path: Path) -> None:
    (tmp_path / "compose").mkdir()
    (tmp_path / "compose" / "loaded.json").write_text('{"redis": {"container": "1", "config": "2"}}')
    lonely = without_engine(tmp_path)
    with pytest.raises(PlatformError, match=r"no\.sock"):
        lonely.running()
