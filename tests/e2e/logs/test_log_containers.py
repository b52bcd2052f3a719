"""Lines of containers on a real engine, read from the files that it keeps; no agent has its socket."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.logs.conftest import Stack, another_agent
from support.engine import (
    Engine,
    StandIn,
    compose_v5,
    docker,
    import_image,
    missing_for_engine,
    running_engine,
)
from support.watch import until

from platformctl.model.log_query import LogLine
from platformctl.model.logs import OPERATORS, ContainerSource
from platformctl.render.log_sources import ENGINE_LABELS

pytestmark = pytest.mark.e2e
SHELL = StandIn(image="speaker:1", programs={"/bin/sh": "/bin/sh", "/bin/sleep": "/bin/sleep"})
SAYS = r"""
echo '{"event": "sold", "tenant": "lumiere", "level": "info", "request_id": "req-box"}'
echo '{"event": "lost", "tenant": "lumiere", "level": "error", "token": "hunter2"}'
printf 'ERROR: boom\nTraceback (most recent call last):\n  File "x.py", line 1\nKeyError: 12\n' >&2
sleep 600
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A dockerd that has an image with a shell."""
    if reason := missing_for_engine():
        pytest.skip(reason)
    with (
        tempfile.TemporaryDirectory(prefix="platformctl-logs-") as folder,
        running_engine(Path(folder), compose=compose_v5(), networks=False) as started,
    ):
        import_image(SHELL, started.environment)
        yield started


def _speak(engine: Engine, project: str, service: str) -> None:
    """A container as compose makes it, with the options of our compose files."""
    project_label, service_label = ENGINE_LABELS
    docker(
        engine.environment, "run", "-d", "--network", "none",
        "--label", f"{project_label}={project}", "--label", f"{service_label}={service}",
        "--log-driver", "json-file", "--log-opt", f"labels={','.join(ENGINE_LABELS)}",
        SHELL.image, "/bin/sh", "-c", SAYS,
    )  # fmt: skip


@pytest.mark.parametrize("agent", ["PROMTAIL", "ALLOY"])
def test_lines_of_containers_arrive_once_with_their_labels_and_those_of_others_do_not(
    stack: Stack, engine: Engine, tmp_path: Path, agent: str
) -> None:
    name = agent.lower()
    service = f"box-{name}"
    _speak(engine, f"project-{name}", service)
    _speak(engine, "another", f"foreign-{name}")
    source = ContainerSource(project=f"project-{name}")
    pipeline = replace(stack.platform.log_pipelines[0], sources=(source,))
    containers = engine.folder / "data" / "containers"
    run = another_agent(stack, agent, pipeline, folder=tmp_path, containers=containers)
    for _ in range(2):  # the second reads nothing again
        with run():
            until(lambda: len(_said(stack, service)) == 3 or None, "the lines of the container")
            until(lambda: len(stack.lines(OPERATORS, service=service)) == 2 or None, "the operators' copy")
    sold, lost, crash = _said(stack, service)
    assert [(line.tenant, line.level) for line in (sold, lost)] == [("lumiere", "info"), ("lumiere", "error")]
    assert sold.metadata["request_id"] == "req-box"
    assert "hunter2" not in lost.text
    assert (crash.tenant, crash.text.splitlines()[0], crash.text.splitlines()[-1]) == (
        "platform",
        "ERROR: boom",
        "KeyError: 12",
    )
    assert stack.lines(stack.everybody, service=f"foreign-{name}") == []


def _said(stack: Stack, service: str) -> list[LogLine]:
    lines = stack.lines(stack.everybody, service=service)
    return sorted(lines, key=lambda line: ("sold" not in line.text, "lost" not in line.text))
