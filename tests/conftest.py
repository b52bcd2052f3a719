"""Switches of the whole test suite, and what may run beside what."""

from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
PORT_GROUPS: Final = {
    "main_job": "usual-ports",
    "wheel": "usual-ports",
    "deploy": "sample-ports",
    "runbook": "sample-ports",
    "compose": "sample-ports",
}
"""Areas whose deployments want the same ports run one after the other."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="rewrite what the commands print")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An end-to-end area stays on one worker, as its servers are shared; elsewhere a file does."""
    for item in items:
        parts = item.path.relative_to(HERE).parts
        group = PORT_GROUPS.get(parts[1], parts[1]) if parts[0] == "e2e" else "/".join(parts)
        item.add_marker(pytest.mark.xdist_group(group))
