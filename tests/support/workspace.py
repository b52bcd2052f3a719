"""A workspace on disk, and the command line in it, as a user has them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.servers import free_ports

SAMPLE = Path(__file__).parent.parent / "platform"
SAMPLE_PORTS = {"prometheus": 19090, "alertmanager": 19093, "node-exporter": 19100}
COMMAND = Path(sys.executable).with_name("platformctl")


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def json(self) -> dict[str, object]:
        """stdout as JSON."""
        loaded: dict[str, object] = json.loads(self.stdout)
        return loaded


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@dataclass(frozen=True)
class Workspace:
    """A folder with definitions; ports: what they give as the usual ones, where the test chose them."""

    folder: Path
    ports: Mapping[str, int] = field(default_factory=dict, hash=False)

    def run(self, *arguments: str, timeout_s: float = 150, **environment: str) -> Ran:
        """Run platformctl here, without a terminal."""
        done = subprocess.run(
            [str(COMMAND), *arguments],
            cwd=self.folder,
            env=os.environ | {"DOCKER_HOST": "unix:///nonexistent"} | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    def deploy(self, *arguments: str) -> Ran:
        """`platformctl deploy --yes --runtime native`; fails the test when it fails."""
        ran = self.run("deploy", "--yes", "--runtime", "native", *arguments)
        assert ran.code == 0, ran.stderr
        return ran

    def edit(self, path: str, find: str, put: str) -> None:
        """Replace a text in one of the definitions."""
        file = self.folder / path
        before = file.read_text()
        assert find in before, f"{path} does not hold {find!r}"
        file.write_text(before.replace(find, put))

    def component(self, name: str) -> dict[str, str]:
        """One component as `status --json` tells it."""
        components = self.run("status", "--json").json["components"]
        assert isinstance(components, list)
        found: dict[str, str] = next(c for c in components if c["name"] == name)
        return found

    def pid(self, name: str) -> int:
        """The process of a native component, by its record."""
        record = json.loads((self.folder / ".platformctl" / "run" / f"{name}.json").read_text())
        pid: int = record["pid"]
        return pid

    def address(self, name: str) -> str:
        """The component's URL."""
        return self.component(name)["url"]


@contextlib.contextmanager
def sample_workspace(folder: Path) -> Iterator[Workspace]:
    """A copy of tests/platform with ports of its own; whatever was started in it is stopped at the end."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    workspace = Workspace(folder, ports=dict(zip(SAMPLE_PORTS, free_ports(len(SAMPLE_PORTS)), strict=True)))
    for name, usual in SAMPLE_PORTS.items():
        workspace.edit("compose/components.py", f"number={usual}", f"number={workspace.ports[name]}")
    try:
        yield workspace
    finally:
        workspace.run("down", "--volumes", "--yes")
