"""A real Prometheus and a real Alertmanager on a rendered platform, and the far ends they talk to."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import pytest
from support import servers
from support.servers import stop
from support.sites import native_site

from platformctl.model.component import Component, HttpHealth
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import alertmanager, alloy, loki, prometheus, promtail, rules, runbook_site
from platformctl.sinks.native.discovery import discover

T = TypeVar("T")
PATIENCE_S = 90.0


def free_ports(platform: Platform) -> dict[str, int]:
    """A free port for each port of each component, as `native_site` takes them."""
    names = [f"{component.name}:{port.name}" for component in platform.components for port in component.ports]
    return dict(zip(names, servers.free_ports(len(names)), strict=True))


def until(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, as soon as it finds something; fails the test when that takes too long."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_S} s in vain for {what}")


def get_json(url: str) -> object:
    """The JSON that a GET answers with."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@dataclass
class Inbox:
    """An HTTP server that keeps every JSON body it is sent, by path, but for those that it refuses."""

    address: str = ""
    messages: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def of(self, path: str) -> list[dict[str, object]]:
        """The bodies that were sent to this path, in order."""
        return [body for sent, body in list(self.messages) if sent == path]


@contextlib.contextmanager
def inbox() -> Iterator[Inbox]:
    """An inbox that answers as PagerDuty's Events API does: 202."""
    kept = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path in kept.refused:
                self.send_error(404)
                return
            kept.times.append(time.monotonic())
            kept.messages.append((self.path, json.loads(body)))
            self.send_response(202)
            self.end_headers()
            self.wfile.write(b'{"status":"success"}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Handler, 0) as port:
        kept.address = f"http://127.0.0.1:{port}"
        yield kept


@contextlib.contextmanager
def exporter(port: int, exposition: Callable[[], str]) -> Iterator[None]:
    """A service whose ``/metrics`` answers with whatever `exposition` says at that moment."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(exposition().encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Handler, port):
        yield


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler], port: int) -> Iterator[int]:
    """The port of an HTTP server with that handler; 0: any free one."""
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def watched(platform: Platform, site: Site, folder: Path, *names: str) -> Iterator[None]:
    """The named components of the platform, running from what is rendered for the site."""
    lay(platform, site, folder, names)
    with contextlib.ExitStack() as stack:
        for component in platform.components:
            if component.name in names:
                stack.enter_context(running(component, site, folder))
        yield


def lay(
    platform: Platform, site: Site, folder: Path, names: tuple[str, ...] = ("loki", "promtail", "alloy")
) -> None:
    """Write what is rendered for the site and these servers below ``current``, and a text for each secret."""
    always = (prometheus.render, rules.render, alertmanager.render, runbook_site.render)
    of_logs = {"loki": loki.render, "promtail": promtail.render, "alloy": alloy.render}
    for render in (*always, *(render for name, render in of_logs.items() if name in names)):
        for artifact in render(platform, site):
            path = folder / "current" / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.content)
    for name in site.secrets:
        secret = folder / site.secrets_folder / name
        secret.parent.mkdir(exist_ok=True)
        secret.write_text("0123456789abcdef0123456789abcdef")


@dataclass
class Running:
    """A component as a process, with the arguments and environment of its definition."""

    component: Component
    site: Site
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it, and return once it is ready."""
        assert self.component.native is not None
        native = self.component.native
        alone = replace(self.component, needs=())
        program = discover((alone,)).programs.get(alone.name)
        if program is None:
            pytest.skip(f"{native.binaries[0]} is not installed")
        arguments = [self.site.fill(self.component.name, argument) for argument in native.args]
        environment = {
            name: self.site.fill(self.component.name, value) for name, value in native.environment.items()
        }
        log = self.folder / f"{self.component.name}.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [program, *arguments], cwd=self.folder, stderr=out, env=os.environ | environment
            )
        try:
            _wait_until_ready(self.component, self.site, self.process, log)
        except BaseException:
            self.end()
            raise

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it."""
        if self.process is not None:
            stop(self.process, how=how)


@contextlib.contextmanager
def running(component: Component, site: Site, folder: Path) -> Iterator[Running]:
    """The component, ready; ended with the block."""
    process = Running(component, site, folder)
    process.begin()
    try:
        yield process
    finally:
        process.end()


def _wait_until_ready(component: Component, site: Site, process: subprocess.Popen[bytes], log: Path) -> None:
    address, health = site.reach(component.name, component.health.port), component.health

    def ready() -> bool | None:
        assert process.poll() is None, f"{component.name} has ended:\n{log.read_text()[-2000:]}"
        if not isinstance(health, HttpHealth):
            return servers.accepts(int(address.rpartition(":")[2])) or None
        try:
            with urllib.request.urlopen(f"http://{address}{health.path}", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            return None

    until(ready, f"{component.name} to be ready")


def site_for(platform: Platform, *, secrets: tuple[str, ...] = ()) -> Site:
    """A site with free ports."""
    return native_site(platform, ports=free_ports(platform), secrets=secrets)
