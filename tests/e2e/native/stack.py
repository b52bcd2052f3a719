"""A native stack in a folder of its own, on free ports, with configurations made by hand."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support import compose_sample
from support.servers import free_port

from platformctl.model.artifact import Artifact
from platformctl.model.component import Component
from platformctl.model.release import Actual, Release
from platformctl.model.site import Site
from platformctl.plan import Plan, UnitChange, diff
from platformctl.render import manifest
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.procfs import pids
from platformctl.sinks.native.records import Record, RecordStore
from platformctl.sinks.native.runtime import NativeRuntime
from platformctl.sinks.releases import ReleaseStore
from platformctl.sinks.runtime import SurveyOptions

_APPLY_START = """
import pathlib, sys
from platformctl.plan import UnitAction, UnitChange
from platformctl.sinks.native.runtime import NativeRuntime
from platformctl.sinks.releases import ReleaseStore
state = pathlib.Path(sys.argv[1])
change = UnitChange(action=UnitAction.START, name=sys.argv[2], reason="test")
NativeRuntime(state).apply(change, ReleaseStore(state).load(ReleaseStore(state).current()))
"""
PROMETHEUS_CONFIG = b"global: {scrape_interval: 1s}\nscrape_configs: []\n"
ALERTMANAGER_CONFIG = b"route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def on_free_ports(*components: Component) -> tuple[Component, ...]:
    """The components with default ports that are free now."""
    return tuple(
        replace(c, ports=tuple(replace(port, number=free_port()) for port in c.ports)) for c in components
    )


def core(*names: str) -> tuple[Component, ...]:
    """The real core components of these names on free ports; skips the test when a server is missing."""
    components = tuple(compose_sample.core(name) for name in names)
    for component in components:
        native = component.native
        assert native is not None
        found = [name for name in native.binaries if shutil.which(name)]
        found += [p for s in native.search for p in Path("/").glob(f"{s[1:]}/{native.binaries[0]}")]
        if not found:
            pytest.skip(f"not installed here: {native.binaries[0]} (apt-get install {native.package})")
    return on_free_ports(*components)


@dataclass
class Stack:
    """What the tests do with a runtime: deploy components, look, and break things."""

    runtime: NativeRuntime
    state: Path
    components: tuple[Component, ...]
    files: dict[str, bytes]

    def survey(self) -> Site:
        return self.runtime.survey(compose_sample.platform(*self.components), SurveyOptions())

    def release(self) -> Release:
        """The release of the components and files as they are now, written and current."""
        files = [Artifact(path, content) for path, content in self.files.items()]
        platform = compose_sample.platform(*self.components)
        made = compose_sample.release(self.runtime, platform, self.survey(), *files)
        store = ReleaseStore(self.state)
        store.activate(store.stage(made))
        return made

    def plan(self, release: Release) -> Plan:
        return diff(release, Actual(units=self.runtime.running()))

    def deploy(self) -> tuple[UnitChange, ...]:
        """Make the machine into the present components; returns what was done."""
        release = self.release()
        changes = self.plan(release).units
        for change in changes:
            self.runtime.apply(change, release)
        return changes

    def start_from_elsewhere(self, name: str) -> subprocess.Popen[bytes]:
        """Start one component from another process, as the command line does."""
        made = self.release()
        (self.state / "current" / manifest.PATH).write_bytes(
            manifest.render(made.files, made.units, made.expected).content
        )
        return subprocess.Popen([sys.executable, "-c", _APPLY_START, self.state, name])

    def record(self, name: str) -> Record:
        found = RecordStore(Layout(self.state)).get(name)
        assert found is not None, f"{name} is not on record"
        return found

    def edit_record(self, name: str, **fields: object) -> None:
        RecordStore(Layout(self.state)).put(replace(self.record(name), **fields))  # type: ignore[arg-type]

    def address(self, name: str) -> tuple[str, int]:
        host, _, port = next(iter(self.survey().places[name].published.values())).rpartition(":")
        return host, int(port)

    def log(self, name: str) -> str:
        return (self.state / "logs" / f"{name}.log").read_text()


def alive(pid: int) -> bool:
    """Whether a process runs that was not left a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def eventually(claim: Callable[[], bool], *, within_s: float = 15) -> bool:
    """Ask until the claim holds, or the time is over."""
    deadline = time.monotonic() + within_s
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def taken_port(number: int = 0) -> Iterator[int]:
    """A port on which a process that is not of the stack listens."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", number))
        taken.listen()
        yield taken.getsockname()[1]


def processes_of(state: Path) -> list[int]:
    """The living processes that work below the state folder, by their working directory."""
    found = []
    for pid in pids():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink().is_relative_to(state) and alive(pid):
                found.append(pid)
    return found
