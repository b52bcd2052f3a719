"""The shipped log pipelines on real servers: files, Promtail, Loki, Alertmanager and Prometheus, ready once for all."""

from __future__ import annotations

import contextlib
import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from support.watch import Inbox, Running, inbox, lay, running, site_for

from platformctl.model.component import Component
from platformctl.model.log_query import LogLine, LogQuery
from platformctl.model.logs import LogPipeline
from platformctl.model.oncall import OnCall, PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertArea
from platformctl.model.site import RuntimeName, Site
from platformctl.model.units import seconds
from platformctl.render.log_sources import CONTAINER_LOGS
from platformctl.render.loki import organisations
from platformctl.sinks.native.discovery import discover
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.log_files import LogFiles
from platformctl.sources.loki import Loki
from platformctl.sources.modules import load

REPOSITORY = Path(__file__).resolve().parents[3]
SERVERS = ("prometheus", "alertmanager", "loki", "promtail")
NS = 10**9


def hurried(address: str) -> OnCall:
    """Every alert is a page, within a second."""
    page = Receiver(
        name="page",
        targets=(PagerDutyTarget(routing_key_secret="pagerduty", events_url=f"{address}/v2/enqueue"),),
    )
    route = Route(
        receiver="page",
        group_by=("alertname", "tenant"),
        group_wait=seconds(1),
        group_interval=seconds(2),
    )
    return OnCall(teams=(), receivers=(page,), route=route)


def hasty(area: AlertArea) -> AlertArea:
    """Evaluated each second, and firing at once."""
    alerts = tuple(replace(alert, for_=seconds(0)) for alert in area.alerts)
    return replace(area, interval=seconds(1), alerts=alerts)


def platform_for(address: str) -> Platform:
    """This platform with the servers that lines and alerts over them pass through, and its gateway's folder."""
    own = load_platform(REPOSITORY)
    wanted = tuple(c for c in own.components if c.name in (*SERVERS, "gateway"))
    if absent := {
        name for name in SERVERS if name not in discover(c for c in wanted if c.name in SERVERS).programs
    }:
        pytest.skip(f"not on this machine: {', '.join(sorted(absent))} (python scripts/build_loki.py)")
    return replace(
        own,
        components=wanted,
        areas=(),
        log_areas=tuple(hasty(area) for area in own.log_areas),
        oncall=hurried(address),
    )


def hurry(path: Path) -> None:
    """Have Loki look for what is to go every second, and let it go at once."""
    config = yaml.safe_load(path.read_text())
    config["compactor"] |= {
        "compaction_interval": "1s",
        "apply_retention_interval": "1s",
        "retention_delete_delay": "1s",
    }
    config["query_range"]["cache_results"] = False
    path.write_text(yaml.safe_dump(config))


@dataclass(frozen=True, slots=True)
class Stack:
    """The running servers: what is written to files in `folder` arrives at Loki, and its alerts in `pages`."""

    folder: Path
    platform: Platform
    site: Site
    pages: Inbox
    processes: dict[str, Running]

    @property
    def url(self) -> str:
        """Loki's."""
        return f"http://{self.site.reach('loki', 'http')}"

    @property
    def everybody(self) -> str:
        """The header with which every tenant's own lines are read."""
        return "|".join(organisations(self.platform))

    def write(self, component: str, *lines: str) -> None:
        """Append lines to the log of a component."""
        self.append(self.folder / "logs" / f"{component}.log", *lines)

    def append(self, path: Path, *lines: str) -> None:
        """Append lines to any file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def loki(self, org: str, *, page: int = 5000) -> Loki:
        """Loki, asked as this organisation."""
        server = HttpServer(self.site.reach("loki", "http"), 30, {"X-Scope-OrgID": org})
        return Loki(server=server, page=page)

    def lines(self, org: str, **wanted: object) -> list[LogLine]:
        """The lines of the last hour that the organisation can read."""
        return list(self.loki(org).lines(last_hour(**wanted)))

    def files(self) -> LogFiles:
        """The same lines without a Loki."""
        folders = {"": self.folder / "logs", "gateway": self.folder / self.site.places["gateway"].data}
        return LogFiles(pipelines=self.platform.log_pipelines, folders=folders)

    def get(self, path: str, org: str, **parameters: str) -> object:
        """The JSON of Loki's answer."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(parameters)}"
        request = urllib.request.Request(url, headers={"X-Scope-OrgID": org})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def push(
        self,
        org: str,
        labels: dict[str, str],
        *lines: tuple[int, str],
        metadata: dict[str, str] | None = None,
    ) -> None:
        """Give Loki lines directly, each with its time in nanoseconds."""
        values = [[str(at), text, metadata or {}] for at, text in lines]
        body = json.dumps({"streams": [{"stream": labels, "values": values}]}).encode()
        headers = {"X-Scope-OrgID": org, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/loki/api/v1/push", body, headers)
        urllib.request.urlopen(request, timeout=30).close()


def last_hour(**wanted: object) -> LogQuery:
    now = int(datetime.now(UTC).timestamp()) * NS
    return replace(LogQuery(start_ns=now - 3600 * NS, end_ns=now + 60 * NS), **wanted)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All servers, ready; stopped at the end."""
    folder = tmp_path_factory.mktemp("logs")
    with inbox() as pages:
        platform = platform_for(pages.address)
        site = site_for(platform, secrets=("pagerduty",))
        lay(platform, site, folder)
        for name in ("logs", "data/promtail", "data/loki"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        by_name = {component.name: component for component in platform.components}
        with contextlib.ExitStack() as started:
            processes = {
                name: started.enter_context(running(by_name[name], site, folder)) for name in SERVERS
            }
            yield Stack(folder=folder, platform=platform, site=site, pages=pages, processes=processes)


def another_agent(
    stack: Stack, agent: str, pipeline: LogPipeline, *, folder: Path, containers: Path | None = None
) -> Callable[[], contextlib.AbstractContextManager[Running]]:
    """How to run an agent of its own, with one pipeline, on the stack's Loki; as often as is wanted, in `folder`.

    containers: the folder that an engine keeps its containers in; without, it reads files. Skips by name.
    """
    component = vars(load(REPOSITORY, REPOSITORY / "compose" / "logs.py").module)[agent]
    assert isinstance(component, Component)
    if component.name not in discover((*stack.platform.components, component)).programs:
        pytest.skip(f"no {component.name} on this machine")
    platform = replace(
        stack.platform, components=(component,), log_pipelines=(pipeline,), areas=(), log_areas=()
    )
    own = site_for(platform)
    site = replace(
        own,
        runtime=RuntimeName.COMPOSE if containers else RuntimeName.NATIVE,
        places={**own.places, "loki": stack.site.places["loki"]},
    )
    lay(platform, site, folder)
    for name in ("logs", f"data/{component.name}"):
        (folder / name).mkdir(parents=True)
    for config in (folder / "current" / component.name).iterdir():
        config.write_text(config.read_text().replace(CONTAINER_LOGS, str(containers)))
    return lambda: running(component, site, folder)
