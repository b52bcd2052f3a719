"""One Prometheus with the week of known truth, and a workspace whose contracts go with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import berlin_week
import history_files
from reports import Reports, laid


@pytest.fixture(scope="session")
def week_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """tests/benchmarks/sla/mutants.py serves the week once, for hundreds of runs."""
    if served := os.environ.get("BERLIN_WEEK_URL"):
        yield served
        return
    if absent := history_files.missing():
        pytest.skip(f"{absent} is not installed")
    with berlin_week.serving(tmp_path_factory.mktemp("week")) as url:
        yield url


@pytest.fixture
def reports(week_url: str, tmp_path: Path) -> Reports:
    """A workspace of the test's own."""
    return laid(tmp_path, week_url)


@pytest.fixture(scope="session")
def week(week_url: str, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """A workspace that nothing is written to; the same question is asked once."""
    return laid(tmp_path_factory.mktemp("read-only"), week_url)
