"""Switches of the whole test suite, and how it is dealt out to several processes."""

import os
import signal
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

LONGEST_FIRST = ("scaffold", "compose", "main_job", "wheel", "deploy")
"""The end-to-end areas that nobody should wait for at the end."""


settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # a busy machine is no finding


def area(nodeid: str) -> str | None:
    """Of an end-to-end test, its folder: the tests in it share their servers."""
    path = PurePosixPath(nodeid.partition("::")[0])
    return path.parts[2] if path.parts[:2] == ("tests", "e2e") else None


def rank(item: pytest.Item) -> int:
    """End-to-end areas come before all else, the longest first."""
    match area(item.nodeid):
        case None:
            return len(LONGEST_FIRST) + 1
        case name:
            return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


class ByArea(LoadScopeScheduling):
    """An end-to-end area goes to one process as a whole; of the other tests, each file does."""

    def _split_scope(self, nodeid: str) -> str:
        return area(nodeid) or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByArea:
    """The way `pytest --numprocesses N` deals out tests."""
    config.option.loadscopereorder = False
    return ByArea(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same order in every process."""
    items.sort(key=rank)


def pytest_configure() -> None:
    """The environment of what the tests start.

    The Node.js that the set-up installs where the machine has none is found. Programs can be interrupted even
    when the tests run in the background of a shell.
    """
    os.environ["PATH"] += f"{os.pathsep}{Path(sys.prefix) / 'node'}"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="rewrite what the commands print")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
