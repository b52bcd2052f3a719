"""The built-in platform with its demo, deployed once for all that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.engine import record_free_ports
from support.workspace import Workspace

from platformctl.sources.definitions import load_platform

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The built-in workspace, deployed in an empty folder, as `platformctl deploy` does it, on free ports."""
    workspace = Workspace(tmp_path_factory.mktemp("platform"))
    record_free_ports(workspace.folder / ".platformctl", load_platform(REPOSITORY).components)
    try:
        workspace.deploy()
        yield workspace
    finally:
        workspace.run("down", "--volumes", "--yes")
