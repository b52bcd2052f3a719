"""Switches of the whole test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="rewrite what the commands print")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
