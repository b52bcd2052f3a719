"""The built-in platform as `platformctl deploy` brings it up, on free ports, with PagerDuty's end in our hands."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import cast

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.engine import record_free_ports
from support.watch import Inbox, get_json, inbox, serving
from support.workspace import Workspace

from platformctl.sources.definitions import load_platform

TEAMS = ("platform", "backend")
TARGET = 'PagerDutyTarget(routing_key_secret=f"pagerduty-{team.name}")'
HEARTBEAT = 'Receiver(name="heartbeat",'
PROBES = "PROBES: Final = ("
SLACK = "/slack"


@dataclass(frozen=True)
class Event:
    """A page or its end, as PagerDuty received it; at: seconds of the monotonic clock."""

    at: float
    action: str
    alert: str
    key: str


@dataclass
class Door:
    """An address that customers know, which is asked from outside; open: whether it answers as it should."""

    open: bool = True


@dataclass
class Live:
    """The running platform; addresses by component."""

    workspace: Workspace
    far_end: Inbox
    door: Door
    addresses: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Learn where the components listen."""
        components = cast("list[dict[str, str]]", self.workspace.run("status", "--json").json["components"])
        self.addresses = {c["name"]: c.get("url", "") for c in components if c["state"] == "healthy"}
        self.absent = [c["name"] for c in components if c["state"] == "skipped"]

    def events(self, *, since: float = 0.0) -> list[Event]:
        """What has arrived at PagerDuty's end since that moment, in order."""
        pairs = zip(list(self.far_end.times), list(self.far_end.messages), strict=False)
        return [
            Event(
                at,
                str(body["event_action"]),
                cast("dict[str, str]", body["payload"])["class"],
                str(body["dedup_key"]),
            )
            for at, (path, body) in pairs
            if at >= since and path.startswith("/page-")
        ]

    def longest_silence(self) -> float:
        """The longest time, in seconds, between two signs of life at the far end of the dead man's switch."""
        at = [
            at
            for at, (path, _) in zip(self.far_end.times, self.far_end.messages, strict=False)
            if path == "/alive"
        ]
        return max((later - sooner for sooner, later in pairwise(at)), default=float("nan"))

    def open_incidents(self) -> set[str]:
        """The alerts of the incidents that are open now."""
        last = {event.key: event for event in self.events()}
        return {event.alert for event in last.values() if event.action == "trigger"}

    def alerts(self, *, which: str = "active=true") -> dict[str, tuple[str, str]]:
        """Severity and summary of each alert that Alertmanager holds as active, or of those asked for."""
        url = f"{self.addresses['alertmanager']}/api/v2/alerts?{which}"
        return {
            a["labels"]["alertname"]: (a["labels"]["severity"], a["annotations"].get("summary", ""))
            for a in cast("list[dict[str, dict[str, str]]]", get_json(url))
        }

    def value(self, promql: str) -> float:
        """The first value that Prometheus answers with; 0 where there is none."""
        query = urllib.parse.urlencode({"query": promql})
        answer = get_json(f"{self.addresses['prometheus']}/api/v1/query?{query}")
        result = cast("dict[str, dict[str, list[dict[str, list[str]]]]]", answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else 0.0

    @contextlib.contextmanager
    def killed(self, name: str, how: signal.Signals = signal.SIGKILL) -> Iterator[None]:
        """The component, dead as long as the block lasts."""
        os.kill(self.workspace.pid(name), how)
        try:
            yield
        finally:
            self.workspace.deploy()

    @contextlib.contextmanager
    def stuttering(self, name: str) -> Iterator[None]:
        """The component, too slow for who asks it and still there: frozen for most of every two seconds."""
        pid, over = self.workspace.pid(name), threading.Event()

        def stutter() -> None:
            while not over.is_set():
                os.kill(pid, signal.SIGSTOP)
                over.wait(1.5)
                os.kill(pid, signal.SIGCONT)
                over.wait(0.5)

        thread = threading.Thread(target=stutter)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @contextlib.contextmanager
    def unknown_to_prometheus(self, job: str) -> Iterator[None]:
        """Prometheus, whose configuration has lost a job."""
        file = self.workspace.folder / ".platformctl" / "current" / "prometheus" / "prometheus.yml"
        text = file.read_text()
        config = yaml.safe_load(text)
        config["scrape_configs"] = [one for one in config["scrape_configs"] if one["job_name"] != job]
        self._configure(file, json.dumps(config))
        try:
            yield
        finally:
            self._configure(file, text)

    def _configure(self, file: Path, text: str) -> None:
        file.write_text(text)
        request = urllib.request.Request(f"{self.addresses['prometheus']}/-/reload", method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    @contextlib.contextmanager
    def shut(self) -> Iterator[None]:
        """The address that customers know, which answers 503."""
        self.door.open = False
        try:
            yield
        finally:
            self.door.open = True

    @contextlib.contextmanager
    def refusing_slack(self) -> Iterator[None]:
        """Slack's end, which knows our webhook no more."""
        self.far_end.refused.add(SLACK)
        try:
            yield
        finally:
            self.far_end.refused.discard(SLACK)

    @contextlib.contextmanager
    def next_to_no_limits(self) -> Iterator[None]:
        """Quotas of a thousandth for everybody, as a mistake in the limits would have it."""
        factor = ("--factor", "0.001", "--reason", "time to page")
        told = self.workspace.run("ratelimit", "emergency", "--everything", *factor, "--yes")
        assert told.code == 0, told.stderr
        try:
            yield
        finally:
            self.workspace.run("ratelimit", "release", "--all")

    @contextlib.contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """The components, which accept connections and answer none."""
        pids = [self.workspace.pid(name) for name in names if name in self.addresses]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def live() -> Iterator[Live]:
    """The platform, verified; down again, without a trace, at the end, also when we are told to end."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="live-") as name, inbox() as far_end, _door() as (door, url):
        workspace = Workspace(Path(name) / "workspace")
        Workspace(Path(name)).run("init", "workspace")
        record_free_ports(workspace.folder / ".platformctl", load_platform(workspace.folder).components)
        _tell(workspace, far_end.address)
        workspace.edit("compose/probes.py", "import ComponentProbe", "import ComponentProbe, UrlProbe")
        workspace.edit("compose/probes.py", PROBES, f'{PROBES}\n    UrlProbe(url="{url}"),')
        running = Live(workspace, far_end, door)
        try:
            for _ in range(3):  # somebody else may take a port before a component does
                ran = workspace.run("deploy", "--yes", "--runtime", "native", timeout_s=600)
                if not ran.code:
                    break
            else:
                sys.exit(ran.stdout + ran.stderr)
            running.look()
            say(f"watching {', '.join(running.addresses)}; not here: {', '.join(running.absent)}")
            yield running
        finally:
            workspace.run("down", "--volumes", "--yes")


@contextlib.contextmanager
def _door() -> Iterator[tuple[Door, str]]:
    """The address that customers know, and its URL."""
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if door.open else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Handler, 0) as port:
        yield door, f"http://127.0.0.1:{port}/"


def _tell(workspace: Workspace, address: str) -> None:
    """Have pages and tickets go to the inbox at this address."""
    redirected = TARGET.replace(")", f', events_url=f"{address}/page-{{team.name}}")')
    workspace.edit("alerts_src/oncall.py", TARGET, redirected)
    alive = f'targets=(WebhookTarget(url="{address}/alive"),),'
    workspace.edit("alerts_src/oncall.py", HEARTBEAT, f"{HEARTBEAT} {alive}")
    workspace.edit("alerts_src/oncall.py", "    Team,\n", "    Team,\n    WebhookTarget,\n")
    secrets = workspace.folder / ".platformctl" / "secrets"
    secrets.mkdir(parents=True, mode=0o700)
    keys = {f"pagerduty-{team}": "0123456789abcdef0123456789abcdef" for team in TEAMS}
    for name, text in (keys | {"slack-webhook": f"{address}{SLACK}"}).items():
        (secrets / name).write_text(text)
        (secrets / name).chmod(0o600)


def say(text: str) -> None:
    """A line with the clock and the load of this moment."""
    print(f"  {time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.1f}: {text}", flush=True)
