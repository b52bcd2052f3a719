"""The core stack on an engine, deployed the way `platformctl deploy` does."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from support import compose_sample
from support.engine import docker, record_free_ports

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.release import Actual, Release
from platformctl.model.site import Site
from platformctl.plan import Plan, diff
from platformctl.render import rules
from platformctl.render._yaml import yaml_artifact
from platformctl.sinks.compose.runtime import ComposeRuntime
from platformctl.sinks.releases import ReleaseStore
from platformctl.sinks.runtime import SurveyOptions

RULE: Final = "vector(1)"


@dataclass(kw_only=True)
class Stack:
    """A workspace's state folder and the runtime over it."""

    state: Path
    environment: Mapping[str, str]
    platform: Platform = field(default_factory=compose_sample.platform)
    site: Site | None = None

    def __post_init__(self) -> None:
        record_free_ports(self.state, self.platform.components)
        self.runtime = ComposeRuntime(self.state, environment=self.environment)
        self.store = ReleaseStore(self.state)

    def release(self, platform: Platform | None = None, *, rule: str = RULE) -> tuple[Site, Release]:
        """The site and the release of a platform whose one recording rule is `rule`."""
        defined = platform or self.platform
        site = self.site = self.runtime.survey(defined, SurveyOptions())
        return site, compose_sample.release(self.runtime, defined, site, *configuration(defined, site, rule))

    def plan(self, release: Release) -> Plan:
        """What is to do until `release` runs."""
        number = self.store.current()
        files = self.store.files(number) if number else {}
        return diff(release, Actual(number=number, files=files, units=self.runtime.running()))

    def deploy(self, platform: Platform | None = None, *, rule: str = RULE) -> Plan:
        """Make it run; gives the plan that was walked."""
        _, release = self.release(platform, rule=rule)
        plan = self.plan(release)
        if plan.files:
            self.store.activate(self.store.stage(release))
        for change in plan.units:
            self.runtime.apply(change, release)
        return plan

    def ask(self, component: str, path: str) -> str:
        """The answer to a GET at the component's published port."""
        site = self.site or self.release()[0]
        url = f"http://{site.published(component, 'http')}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())

    def loaded_rule(self) -> str:
        """The expression of the recording rule that Prometheus evaluates."""
        groups = json.loads(self.ask("prometheus", "/api/v1/rules"))["data"]["groups"]
        return str(groups[0]["rules"][0]["query"])

    def docker(self, *arguments: str) -> str:
        """What a docker command prints."""
        return docker(self.environment, *arguments)


def configuration(platform: Platform, site: Site, rule: str) -> tuple[Artifact, ...]:
    """The least that Prometheus and Alertmanager need, scraping whatever has metrics here; and the platform's rules."""
    jobs = [
        {
            "job_name": c.name,
            "static_configs": [
                {"targets": [site.reach(c.name, c.scrape.port)], "labels": {"instance": c.name}}
            ],
        }
        for c in platform.components
        if c.scrape and site.has(c.name)
    ]
    prometheus = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules/*.yml"],
        "scrape_configs": jobs,
    }
    group = {"groups": [{"name": "a", "rules": [{"record": "one", "expr": rule}]}]}
    alertmanager = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    return (
        yaml_artifact("prometheus/prometheus.yml", prometheus),
        yaml_artifact("prometheus/rules/a.yml", group),
        yaml_artifact("alertmanager/alertmanager.yml", alertmanager),
        *(artifact for artifact in rules.render(platform, site) if platform.areas),
    )


def until(is_true: Callable[[], bool], *, seconds: float = 30) -> bool:
    """Whether it comes true in time; a server that does not answer yet has not made it true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if is_true():
                return True
        time.sleep(0.3)
    return is_true()


def container_id(stack: Stack, unit: str) -> str:
    """The id of a component's container."""
    return stack.docker("ps", "--quiet", "--filter", f"label=io.platformctl.unit={unit}")


def up_targets(stack: Stack) -> set[str]:
    """The jobs whose target is up."""
    answer = json.loads(stack.ask("prometheus", "/api/v1/query?query=up==1"))
    return {series["metric"]["job"] for series in answer["data"]["result"]}
