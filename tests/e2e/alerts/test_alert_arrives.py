"""From a fault to the page, through real servers: this platform's own alerts, on what it renders."""

import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
from support import sample
from support.watch import Inbox, exporter, get_json, inbox, site_for, until, watched

from platformctl.model.oncall import Matcher, OnCall, PagerDutyTarget, Receiver, Route, WebhookTarget
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertArea
from platformctl.model.site import Site
from platformctl.model.units import seconds
from platformctl.sources.definitions import load_platform

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[3]
HEALTHY = 'http_oldest_request_in_flight_age_seconds{route="/reports"} 0.2\n'
HUNG = 'http_oldest_request_in_flight_age_seconds{route="/reports"} 41\n'


def hurried(address: str) -> OnCall:
    """One team that is paged by PagerDuty and told by a webhook, within a second."""
    page = Receiver(
        name="page",
        targets=(
            PagerDutyTarget(routing_key_secret="pagerduty", events_url=f"{address}/v2/enqueue"),
            WebhookTarget(url=f"{address}/hook"),
        ),
    )
    route = Route(
        receiver="page",
        matchers=(Matcher("severity", "critical"),),
        group_by=("alertname", "job"),
        group_wait=seconds(1),
        group_interval=seconds(2),
    )
    root = Route(receiver="shown-only", routes=(route,))
    return OnCall(teams=(), receivers=(page, Receiver(name="shown-only")), route=root)


def hasty(area: AlertArea) -> AlertArea:
    """Evaluated each second; and what was seen three seconds ago is no new service."""
    alerts = tuple(
        replace(alert, expr=alert.expr.replace("offset 90s", "offset 3s")) for alert in area.alerts
    )
    return replace(area, interval=seconds(1), alerts=alerts)


def platform(address: str) -> Platform:
    """This platform's alerts, scraped and evaluated each second, on a service named api."""
    own = load_platform(ROOT)
    core = [
        replace(c, scrape=replace(c.scrape, interval=seconds(1)))
        for c in own.components
        if c.name in ("prometheus", "alertmanager") and c.scrape
    ]
    others = (sample.component("grafana", 3000), sample.component("loki", 3100))
    return replace(
        own,
        components=(
            *core,
            sample.component("api", 8000, interval_s=1),
            *(replace(component, scrape=None) for component in others),
        ),
        areas=tuple(hasty(area) for area in own.areas),
        oncall=hurried(address),
    )


@dataclass
class Stage:
    """The running servers, and what the service says of itself."""

    site: Site
    inbox: Inbox
    exposition: str = HEALTHY

    def service(self) -> AbstractContextManager[None]:
        """The service, answering as long as the block lasts."""
        port = int(self.site.reach("api", "http").rpartition(":")[2])
        return exporter(port, lambda: self.exposition)

    def page(self, alertname: str, action: str) -> dict[str, object] | None:
        """The first event of this kind that has arrived at PagerDuty's end."""
        for event in self.inbox.of("/v2/enqueue"):
            payload = cast("dict[str, str]", event["payload"])
            if event["event_action"] == action and payload["class"] == alertname:
                return event
        return None


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with inbox() as far_end:
        watched_platform = platform(far_end.address)
        site = site_for(watched_platform, secrets=("pagerduty",))
        with watched(watched_platform, site, tmp_path, "prometheus", "alertmanager"):
            yield Stage(site=site, inbox=far_end)


def healthy_target(stage: Stage) -> bool | None:
    answer = get_json(
        f"http://{stage.site.reach('prometheus', 'http')}/api/v1/query?query=up%7Bjob%3D%22api%22%7D"
    )
    result = cast("dict[str, dict[str, list[dict[str, list[object]]]]]", answer)["data"]["result"]
    return True if result and result[0]["value"][1] == "1" else None


def test_a_hung_request_and_then_a_dead_service_page_once_each_and_resolve(stage: Stage) -> None:
    with stage.service():
        until(lambda: healthy_target(stage), "the service to be scraped")
        assert stage.inbox.of("/v2/enqueue") == []
        stage.exposition = HUNG
        hung = until(lambda: stage.page("ResponseOver30s", "trigger"), "the page of the hung request")
        stage.exposition = HEALTHY
        done = until(lambda: stage.page("ResponseOver30s", "resolve"), "its resolution")
        assert done["dedup_key"] == hung["dedup_key"]
    dead = until(lambda: stage.page("ServiceDown", "trigger"), "the page of the dead service")
    assert_a_page_says_what_is_needed(dead, stage.site)
    with stage.service():
        alive = until(lambda: stage.page("ServiceDown", "resolve"), "its resolution")
    assert alive["dedup_key"] == dead["dedup_key"]
    triggered = [
        cast("dict[str, str]", event["payload"])["class"]
        for event in stage.inbox.of("/v2/enqueue")
        if event["event_action"] == "trigger"
    ]
    assert triggered == ["ResponseOver30s", "ServiceDown"]
    assert_the_webhook_has_the_annotations(stage)


def assert_a_page_says_what_is_needed(event: dict[str, object], site: Site) -> None:
    payload = cast("dict[str, object]", event["payload"])
    assert payload["severity"] == "critical"
    assert payload["component"] == "api"
    assert payload["summary"] == "[critical] ServiceDown on api"
    details = cast("dict[str, str]", payload["custom_details"])
    assert details["summary"] == "api is down."
    links = {link["text"]: link["href"] for link in cast("list[dict[str, str]]", event["links"])}
    assert sorted(links) == ["Dashboard", "Logs", "Runbook"]
    grafana = f"http://{site.published('grafana', 'http')}"
    assert links["Dashboard"].startswith(f"{grafana}/d/api-endpoints?orgId=1&var-service=api&from=")
    assert links["Dashboard"].endswith("&to=now")
    assert links["Logs"].startswith(f"{grafana}/explore?")
    assert "service%3D%5C%22api%5C%22" in links["Logs"]
    with urllib.request.urlopen(links["Runbook"], timeout=10) as page:
        assert page.headers["Content-Type"].startswith("text/html")
        assert "<h1>ServiceDown</h1>" in page.read().decode()


def assert_the_webhook_has_the_annotations(stage: Stage) -> None:
    alerts = [
        alert
        for message in stage.inbox.of("/hook")
        for alert in cast("list[dict[str, dict[str, str]]]", message["alerts"])
    ]
    (age,) = {
        a["annotations"]["description"] for a in alerts if a["labels"]["alertname"] == "ResponseOver30s"
    }
    assert "up to 41 s" in age
    (summary,) = {a["annotations"]["summary"] for a in alerts if a["labels"]["alertname"] == "ServiceDown"}
    assert summary == "api is down."
