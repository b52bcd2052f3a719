"""A real Loki and a real Promtail with the shipped pipeline, on free ports of the loopback interface."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.servers import free_ports

from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site
from platformctl.render import loki, promtail
from platformctl.sources.definitions import load_platform

REPOSITORY = Path(__file__).resolve().parents[3]
PATIENCE_S = 60.0


def _program(name: str) -> str:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "platformctl" / "bin" / name
    found = shutil.which(name) or (str(cache) if cache.exists() else None)
    if found is None:
        pytest.skip(f"{name} is not on PATH and not built (python scripts/build_loki.py {name})")
    return found


@pytest.fixture(scope="session")
def loki_program() -> str:
    return _program("loki")


@pytest.fixture(scope="session")
def promtail_program() -> str:
    return _program("promtail")


@pytest.fixture(scope="session")
def platform() -> Platform:
    return load_platform(REPOSITORY)


def make_site(*components: str) -> Site:
    """A native site with these components of the log pipeline, each on free ports."""
    ports = iter(free_ports(2 * len(components)))
    places = {}
    for name in components:
        addresses = {port: f"127.0.0.1:{next(ports)}" for port in ("http", "grpc")}
        places[name] = Place(
            listen=addresses,
            reach=addresses,
            published=addresses,
            config=f"current/{name}",
            data=f"data/{name}",
            release="current",
        )
    return Site(runtime=RuntimeName.NATIVE, places=places, secrets_folder="secrets")


@dataclass(frozen=True, slots=True)
class Stack:
    """A running pair: lines written to files in `logs` arrive at `loki`."""

    folder: Path
    loki: str
    promtail: str

    def write(self, component: str, *lines: str) -> None:
        """Append lines to the log of a component."""
        with (self.folder / "logs" / f"{component}.log").open("a") as file:
            file.writelines(f"{line}\n" for line in lines)


def lay_release(folder: Path, platform: Platform, site: Site) -> None:
    """Write the artifacts as a deployment would, with the state folder at `folder`."""
    for artifact in (*loki.render(platform, site), *promtail.render(platform, site)):
        path = folder / "current" / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    for name in ("logs", "data/loki", "data/promtail"):
        (folder / name).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def stack(
    loki_program: str, promtail_program: str, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Loki and Promtail, ready; both stopped at the end."""
    folder = tmp_path_factory.mktemp("stack")
    site = make_site("loki", "promtail")
    lay_release(folder, platform, site)
    commands = {
        "loki": [loki_program, "-config.file=current/loki/loki.yml"],
        "promtail": [promtail_program, "-config.file=current/promtail/promtail.yml"],
    }
    processes = []
    try:
        for name, command in commands.items():
            output = (folder / f"{name}.out").open("wb")
            with output:
                processes.append(
                    subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
                )
        for name in commands:
            _wait_until_ready(f"http://{site.reach(name, 'http')}/ready", folder / f"{name}.out")
        yield Stack(
            folder, f"http://{site.reach('loki', 'http')}", f"http://{site.reach('promtail', 'http')}"
        )
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=PATIENCE_S)


def _wait_until_ready(url: str, output: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > deadline:
                pytest.fail(f"{url} is not ready after {PATIENCE_S} s: {output.read_text()[-2000:]}")
            time.sleep(0.25)
