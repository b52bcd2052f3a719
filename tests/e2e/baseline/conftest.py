"""One Prometheus with the known weeks, and a workspace that keeps baselines."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sla"))

import history_files
from support import baseline_history
from support.baseline_command import Baselines
from support.workspace import SAMPLE


@pytest.fixture(scope="session")
def weeks_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if absent := history_files.missing():
        pytest.skip(f"{absent} is not installed")
    folder = tmp_path_factory.mktemp("weeks")
    baseline_history.write(folder / "weeks.om")
    history_files.make_blocks(folder / "weeks.om", folder / "data")
    with history_files.serving(folder / "data") as url:
        yield url


@pytest.fixture
def baselines(weeks_url: str, tmp_path: Path) -> Baselines:
    """A workspace of the test's own."""
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    return Baselines(tmp_path, weeks_url)


@pytest.fixture(scope="module")
def recorded(weeks_url: str, tmp_path_factory: pytest.TempPathFactory) -> Baselines:
    """A workspace in which the first three weeks were recorded once; nothing is written to it."""
    folder = tmp_path_factory.mktemp("recorded")
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    made = Baselines(folder, weeks_url)
    made.record("--reason", "the first three weeks")
    return made


@pytest.fixture(scope="module")
def hours(recorded: Baselines) -> dict[str, dict]:
    """The hours of GET /items, as they were recorded."""
    return recorded.hours()
