"""A real Alertmanager with this platform's own routing, which is handed alerts; and what it tells people."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from support.watch import Inbox, get_json, inbox, site_for, watched

from platformctl.model.oncall import OnCall, PagerDutyTarget, Receiver, Route
from platformctl.model.site import Site
from platformctl.model.units import Duration
from platformctl.sources.definitions import load_platform

ROOT: Final = Path(__file__).parents[2]
SLACK: Final = "/slack"
HURRY: Final = 10
"""How many times faster than in earnest: errors wait 2 s for their cause, budgets 9 s, the rest half a second."""


def faster(route: Route) -> Route:
    """The route and those below it, with every wait shortened."""

    def shortened(wait: Duration) -> Duration:
        return Duration(wait.ms // HURRY)

    return replace(
        route,
        group_wait=shortened(route.group_wait),
        group_interval=shortened(route.group_interval),
        repeat_interval=shortened(route.repeat_interval),
        routes=tuple(faster(child) for child in route.routes),
    )


def redirected(receiver: Receiver, address: str) -> Receiver:
    """The receiver with PagerDuty's events going to `address`, under the receiver's name; Slack's go by the secret."""
    targets = tuple(
        replace(target, events_url=f"{address}/{receiver.name}")
        if isinstance(target, PagerDutyTarget)
        else target
        for target in receiver.targets
    )
    return replace(receiver, targets=targets)


def redirected_and_faster(oncall: OnCall, address: str) -> OnCall:
    """The same on call, told sooner, with PagerDuty's events going to `address`."""
    receivers = tuple(redirected(receiver, address) for receiver in oncall.receivers)
    return replace(oncall, receivers=receivers, route=faster(oncall.route))


@dataclass
class Desk:
    """Where alerts are handed in, and where pages come out."""

    site: Site
    inbox: Inbox

    def hand_in(self, *alerts: Mapping[str, str], **annotations: str) -> None:
        """Give Alertmanager firing alerts with these labels."""
        body = json.dumps(
            [
                {"labels": labels, "annotations": {"summary": "It happened.", **annotations}}
                for labels in alerts
            ]
        )
        request = urllib.request.Request(
            f"http://{self.site.reach('alertmanager', 'http')}/api/v2/alerts",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def inhibited(self) -> list[tuple[str, str]]:
        """Name and severity of the alerts that another one silences."""
        url = f"http://{self.site.reach('alertmanager', 'http')}/api/v2/alerts?active=false&inhibited=true"
        found = cast("list[dict[str, dict[str, str]]]", get_json(url))
        return [(one["labels"]["alertname"], one["labels"]["severity"]) for one in found]

    def told(self) -> list[str]:
        """The titles of the messages to Slack, in order."""
        return [
            str(cast("list[dict[str, str]]", body["attachments"])[0]["title"])
            for body in self.inbox.of(SLACK)
        ]

    def pages(self) -> list[tuple[str, str, int]]:
        """Receiver, alert and number of alerts in each page that arrived."""
        found = []
        for path, event in list(self.inbox.messages):
            if path == SLACK:
                continue
            payload = cast("dict[str, object]", event["payload"])
            details = cast("dict[str, str]", payload["custom_details"])
            found.append((path.strip("/"), str(payload["class"]), int(details["num_firing"])))
        return found


def alert(name: str, signal: str, **labels: str) -> dict[str, str]:
    """The labels of a critical alert of the backend team."""
    return {"alertname": name, "severity": "critical", "team": "backend", "signal": signal, **labels}


@contextlib.contextmanager
def desk(folder: Path, change: Callable[[OnCall], OnCall] = lambda same: same) -> Iterator[Desk]:
    """The desk, with this platform's own definitions after `change`."""
    with inbox() as far_end:
        own = load_platform(ROOT)
        platform = replace(own, oncall=redirected_and_faster(change(own.oncall), far_end.address))
        secrets = ("pagerduty-platform", "pagerduty-backend", "slack-webhook")
        site = site_for(platform, secrets=secrets)
        webhook = folder / site.secrets_folder / "slack-webhook"
        with watched(platform, site, folder, "alertmanager"):
            webhook.write_text(far_end.address + SLACK)
            yield Desk(site=site, inbox=far_end)
