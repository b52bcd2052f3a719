"""The demo platform with everything that watches it, on free ports: faults go in, pages come out.

The servers are real, the rules and routes are this platform's own; PagerDuty's end is an inbox. A `pace`
above 1 shortens every wait by that factor: scrapes, evaluations and `for` down to a second, ranges down to
five, `keep_firing_for` to three, the age of a hung request to ten. Groups wait twice as long as that: their
waits are made for scrapes, which go from 5 s to 1 s and no lower.
Thresholds stay what they are, and so do error budgets, which count by the minute; those of services are left out, as
a fault of seconds would burn them for minutes after everything that silences them. With 1 nothing is changed.
The machine's own CPU, memory and disk are not watched: other tests run on it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from support import demo, servers
from support.demo import Service
from support.servers import Postgres
from support.sites import native_site
from support.watch import Inbox, Running, free_ports, get_json, inbox, lay, running

from platformctl.model.component import Component
from platformctl.model.oncall import PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertArea, AlertRule, RecordingRule
from platformctl.model.site import Site
from platformctl.model.units import Duration, minutes
from platformctl.sources.definitions import load_platform

ROOT: Final = Path(__file__).parents[2]
EXPORTERS: Final = ("redis-exporter", "postgres-exporter")
WATCHED: Final = ("prometheus", "alertmanager", *EXPORTERS, "redis", "postgres", "demo-api", "demo-traffic")
SECRETS: Final = ("pagerduty-platform", "pagerduty-backend", "postgres-password", "demo-login-key")
BUDGETS_OF_SERVICES: Final = ("slo-service-objectives", "slo_services")
AFTERMATH: Final = {"OutageRecent", "IncidentRecent"}
"""What tells nobody, and silences what an incident leaves behind."""
_RANGE: Final = re.compile(r"\[(\d+)([mh])\]|offset 90s")
_HUNG: Final = "age_seconds) > 30"


@dataclass(frozen=True)
class Event:
    """A page or its end, as PagerDuty received it; at: seconds of the monotonic clock."""

    at: float
    action: str
    alert: str
    key: str
    receiver: str


@dataclass
class Stage:
    """The running platform."""

    site: Site
    far_end: Inbox
    api: Service
    postgres: Postgres
    processes: dict[str, Running]
    held: contextlib.ExitStack

    def events(self, *, since: float = 0.0) -> list[Event]:
        """What has arrived at PagerDuty's end since that moment, in order."""
        found = []
        for at, (path, body) in zip(list(self.far_end.times), list(self.far_end.messages), strict=False):
            if at >= since:
                payload = cast("dict[str, str]", body["payload"])
                found.append(
                    Event(at, str(body["event_action"]), payload["class"], str(body["dedup_key"]), path[1:])
                )
        return found

    def pages(self, *, since: float = 0.0) -> list[str]:
        """The alerts that have paged since that moment, once for each message."""
        return [event.alert for event in self.events(since=since) if event.action == "trigger"]

    def firing(self) -> set[str]:
        """The alerts that Alertmanager shows and does not silence, but for those that tell nobody."""
        return self._all("active=true&inhibited=false&silenced=false") - {"Watchdog"} - AFTERMATH

    def inhibited(self) -> set[str]:
        """The alerts that another one silences."""
        return self._all("active=false&inhibited=true&silenced=false") - self.firing()

    def _all(self, query: str) -> set[str]:
        url = f"http://{self.site.reach('alertmanager', 'http')}/api/v2/alerts?{query}"
        alerts = cast("list[dict[str, dict[str, str]]]", get_json(url))
        return {a["labels"]["alertname"] for a in alerts}

    def incidents(self, *, since: float = 0.0) -> list[str]:
        """The alerts of the incidents that PagerDuty would have opened: a key that is open opens no second one."""
        opened, found = dict[str, str](), list[str]()
        for event in self.events(since=since):
            if event.action == "resolve":
                opened.pop(event.key, None)
            elif event.key not in opened:
                opened[event.key] = event.alert
                found.append(event.alert)
        return found

    def open_incidents(self) -> set[str]:
        """The alerts of the incidents that are open now."""
        last = {event.key: event for event in self.events()}
        return {event.alert for event in last.values() if event.action == "trigger"}

    def kill(self, name: str) -> None:
        """End a component at once, as a crash does."""
        self.processes[name].end(signal.SIGKILL)

    def start(self, name: str) -> None:
        """Start a component that was ended."""
        self.processes[name].begin()

    def aftermath(self) -> bool:
        """Whether an outage of some minutes ago still silences errors."""
        return "OutageRecent" in self._all("active=true")

    @contextlib.contextmanager
    def dead_database(self) -> Iterator[None]:
        """PostgreSQL, ended, and its clients cut off; it is started again at the end."""
        pid = int((self.postgres.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        try:
            yield
        finally:
            self.held.enter_context(self.postgres.running())

    @contextlib.contextmanager
    def frozen_api(self) -> Iterator[None]:
        """The API, frozen: it accepts connections and answers none, as a hung process does."""
        self.api.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.api.process.send_signal(signal.SIGCONT)


def hurried(platform: Platform, pace: int) -> Platform:
    """The platform with every wait shortened."""
    if pace == 1:
        return platform

    def shorter(wait: Duration) -> Duration:
        return Duration(max(wait.ms // pace, 1000) if wait.ms else 0)

    def ranges(expr: str) -> str:
        hung = f"age_seconds) > {max(30 // pace, 10)}"
        return _RANGE.sub(lambda found: _shorter_range(found, pace), expr).replace(_HUNG, hung)

    def alert(rule: AlertRule) -> AlertRule:
        return replace(
            rule,
            expr=ranges(rule.expr),
            for_=shorter(rule.for_),
            keep_firing_for=Duration(min(rule.keep_firing_for.ms, 3000)),
            escalation=None,
        )

    def recording(rule: RecordingRule) -> RecordingRule:
        return replace(rule, expr=ranges(rule.expr))

    def area(of: AlertArea) -> AlertArea:
        if of.name.startswith("slo"):
            return of  # budgets count by the minute of the clock
        return replace(
            of,
            interval=shorter(of.interval),
            alerts=tuple(map(alert, of.alerts)),
            recording_rules=tuple(map(recording, of.recording_rules)),
        )

    def component(of: Component) -> Component:
        scrape = of.scrape and replace(of.scrape, interval=shorter(of.scrape.interval))
        if (
            of.native and of.name == "prometheus"
        ):  # else what Alertmanager missed is sent again after a minute
            resent = (*of.native.args, f"--rules.alert.resend-delay={60 // pace}s")
            return replace(of, scrape=scrape, native=replace(of.native, args=resent))
        return replace(of, scrape=scrape)

    def route(of: Route) -> Route:
        return replace(
            of,
            group_wait=of.group_wait
            if of.group_wait > minutes(1)
            else Duration(of.group_wait.ms * 2 // pace),
            group_interval=Duration(of.group_interval.ms // pace),
            routes=tuple(map(route, of.routes)),
        )

    return replace(
        platform,
        areas=tuple(area(one) for one in platform.areas if one.name not in BUDGETS_OF_SERVICES),
        components=tuple(map(component, platform.components)),
        oncall=replace(platform.oncall, route=route(platform.oncall.route)),
    )


def _shorter_range(found: re.Match[str], pace: int) -> str:
    if found[1] is None:
        return f"offset {max(90 // pace, 1)}s"
    seconds = int(found[1]) * {"m": 60, "h": 3600}[found[2]]
    return f"[{max(seconds // pace, 5)}s]"


def paging_to(platform: Platform, address: str) -> Platform:
    """The platform with PagerDuty's events going to `address`, under the receiver's name."""

    def redirected(receiver: Receiver) -> Receiver:
        targets = (t for t in receiver.targets if isinstance(t, PagerDutyTarget))
        return replace(
            receiver, targets=tuple(replace(t, events_url=f"{address}/{receiver.name}") for t in targets)
        )

    receivers = tuple(map(redirected, platform.oncall.receivers))
    return replace(platform, oncall=replace(platform.oncall, receivers=receivers))


@contextlib.contextmanager
def stage(folder: Path, *, pace: int, rate: float = 20) -> Iterator[Stage]:
    """The demo under traffic of `rate` requests a second, scraped and watched."""
    with contextlib.ExitStack() as held:
        far_end = held.enter_context(inbox())
        postgres = held.enter_context(servers.postgres())
        redis = held.enter_context(servers.redis())
        api = held.enter_context(demo.ready_api(postgres, redis, folder))
        traffic = held.enter_context(demo.traffic(api.address, folder, rate=rate))
        platform = paging_to(hurried(load_platform(ROOT), pace), far_end.address)
        platform = replace(platform, components=tuple(c for c in platform.components if c.name in WATCHED))
        given = {
            "postgres:postgres": postgres.address,
            "redis:redis": redis,
            "demo-api:http": api.address,
            "demo-traffic:http": traffic.address,
        }
        ports = free_ports(platform) | {name: int(at.rpartition(":")[2]) for name, at in given.items()}
        site = native_site(platform, secrets=SECRETS, ports=ports)
        lay(platform, site, folder)
        (folder / "secrets" / "postgres-password").write_text(postgres.password)
        processes = {
            c.name: held.enter_context(running(c, site, folder))
            for c in platform.components
            if c.name in ("prometheus", "alertmanager", *EXPORTERS)
        }
        yield Stage(site, far_end, api, postgres, processes, held)
