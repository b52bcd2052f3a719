"""Stacks that are taken down at the end of their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from e2e.native.stack import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG, Stack

from platformctl.model.component import Component
from platformctl.sinks.native.runtime import NativeRuntime

NewStack = Callable[..., Stack]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own ones are private."""
    with TemporaryDirectory(prefix="platformctl-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def new_stack(home: Path) -> Iterator[NewStack]:
    """Makes stacks of components, with a state folder below `home`."""
    made: list[Stack] = []

    def new(*components: Component, state: Path = home / "state", health_timeout_s: float = 30) -> Stack:
        runtime = NativeRuntime(state, elsewhere=home / "elsewhere", health_timeout_s=health_timeout_s)
        files = {
            "prometheus/prometheus.yml": PROMETHEUS_CONFIG,
            "alertmanager/alertmanager.yml": ALERTMANAGER_CONFIG,
        }
        stack = Stack(runtime=runtime, state=state, components=components, files=files)
        made.append(stack)
        return stack

    yield new
    for stack in made:
        stack.runtime.down(volumes=True)
