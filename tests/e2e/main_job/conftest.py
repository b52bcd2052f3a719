"""The built-in platform with its demo, deployed once for all that looks at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.engine import record_free_ports
from support.servers import built
from support.workspace import Workspace

from platformctl.sources.definitions import load_platform

REPOSITORY = Path(__file__).parents[3]


VERSIONS = ("2.42", pytest.param("3.x", marks=pytest.mark.full))


@pytest.fixture(scope="session", params=VERSIONS)
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The built-in workspace, deployed in an empty folder, as `platformctl deploy` does it, on free ports.

    Once with the Prometheus that Debian has, and once with the one that the containers run.
    """
    workspace = Workspace(tmp_path_factory.mktemp("platform"))
    record_free_ports(workspace.folder / ".platformctl", load_platform(REPOSITORY).components)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "3.x":
            patch.setenv("PATH", f"{_prometheus_3(tmp_path_factory)}:{os.environ['PATH']}")
        try:
            workspace.deploy()
            assert workspace.component("prometheus")["version"].startswith(request.param[:2])
            yield workspace
        finally:
            workspace.run("down", "--volumes", "--yes")


def _prometheus_3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``prometheus`` and ``promtool`` are those of the 3.x line."""
    folder = tmp_path_factory.mktemp("prometheus-3")
    for name in ("prometheus", "promtool"):
        program = built(f"{name}3")
        if program is None:
            pytest.skip(f"no {name} 3.x: python scripts/build_servers.py {name}")
        (folder / name).symlink_to(program)
    return folder
