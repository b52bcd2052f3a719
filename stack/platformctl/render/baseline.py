"""The recorded baseline as series: a file that Prometheus serves among its own assets, and scrapes from itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.baseline import (
    ALERTING_QUANTILE,
    LEAST_HOURS,
    P95_METRIC,
    ZONE_CHANGE_METRIC,
    ZONE_CHANGE_TIME_METRIC,
    Baseline,
    HourOfWeek,
    Profile,
)
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.model.units import seconds

JOB: Final = "baseline"
_PATH: Final = "baseline/metrics.txt"
_INTERVAL: Final = seconds(30)
"""The figures never change, but a deployment waits for the first scrape."""


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """The file; nothing until a baseline is recorded."""
    if platform.baseline:
        text = "".join(f"{line}\n" for line in _lines(platform.baseline))
        yield Artifact(f"prometheus/assets/{_PATH}", text.encode())


def jobs(platform: Platform, site: Site) -> Iterator[dict[str, object]]:
    """The scrape job that reads it."""
    if platform.baseline and site.has("prometheus"):
        target = {"targets": [site.reach("prometheus", "http")], "labels": {"instance": JOB}}
        yield {
            "job_name": JOB,
            "metrics_path": f"/user/{_PATH}",
            "scrape_interval": str(_INTERVAL),
            "static_configs": [target],
        }


def _lines(baseline: Baseline) -> Iterator[str]:
    yield f"# TYPE {P95_METRIC} gauge"
    for profile in baseline.profiles:
        yield from _profile(profile)
    for name in (ZONE_CHANGE_METRIC, ZONE_CHANGE_TIME_METRIC):
        yield f"# TYPE {name} gauge"
        for number, change in enumerate(baseline.zone_changes):
            value = change.seconds if name == ZONE_CHANGE_METRIC else change.at
            yield f'{name}{{change="{number}"}} {value}'


def _profile(profile: Profile) -> Iterator[str]:
    """The hours of which enough is known. A scraped `job` is the scrape's own: the service has another name."""
    subject = profile.subject
    labels = {
        "kind": str(subject.kind),
        "service": subject.job,
        "route": subject.route,
        "method": subject.method,
        "tier": subject.tier,
    }
    inside = ", ".join(
        f"{name}={json.dumps(text, ensure_ascii=False)}" for name, text in labels.items() if text
    )
    for hour, cell in sorted(profile.cells.items()):
        seconds = cell.seconds.get(ALERTING_QUANTILE)
        if seconds is not None and cell.hours >= LEAST_HOURS:
            yield f'{P95_METRIC}{{{inside}, hour_of_week="{_from_sunday(hour)}"}} {seconds}'


def _from_sunday(hour: HourOfWeek) -> HourOfWeek:
    """Prometheus counts the days of the week from Sunday on."""
    return (hour + 24) % 168
