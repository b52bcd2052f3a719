"""What is no longer as it was deployed: by hand, by accident, or because something died."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from platformctl.app.session import Request, Session, open_session
from platformctl.errors import UsageError
from platformctl.model.maintenance import SERIES as MAINTENANCE
from platformctl.model.release import Expected, Release, RunningUnit, Unit
from platformctl.render import manifest
from platformctl.sources.http import Unreachable
from platformctl.sources.prometheus import PrometheusApi


class Kind(StrEnum):
    """What has drifted."""

    FILE = "file"
    COMPONENT = "component"
    RULE = "rule"
    TARGET = "target"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not as release says, in words for a person."""

    kind: Kind
    name: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """The release that should serve, what differs from it, and what could not be looked at."""

    release: int
    differences: tuple[Difference, ...]
    unseen: tuple[str, ...]


def find_drift(request: Request) -> Drift:
    """Compare the active release with its files on disk, what runs, and what Prometheus has loaded.

    Changes of the definitions are no drift: `platformctl plan` shows those. Raises `UsageError` where nothing
    is deployed.
    """
    session = open_session(request)
    number = session.store.current()
    if number is None:
        raise UsageError(
            "nothing is deployed here", where=str(session.workspace.state), fix="platformctl deploy"
        )
    release = session.store.load(number)
    found = [*_files(release), *_components(release, session)]
    unseen = []
    try:
        found.extend(_loaded(release.expected))
    except Unreachable as error:
        unseen.append(f"rules and targets of Prometheus: {error.what}")
    if any(unit.name == "grafana" for unit in release.units):
        unseen.append("dashboards made by hand in Grafana")
    return Drift(release=number, differences=tuple(found), unseen=tuple(unseen))


def _files(release: Release) -> Iterator[Difference]:
    stated: dict[str, str] = json.loads(release.files[manifest.PATH].content)["files"]
    for path, digest in stated.items():
        artifact = release.files.get(path)
        if artifact is None:
            yield Difference(kind=Kind.FILE, name=path, what="is gone")
        elif hashlib.sha256(artifact.content).hexdigest() != digest:
            yield Difference(kind=Kind.FILE, name=path, what="was edited")
    for path in sorted(release.files.keys() - stated.keys() - {manifest.PATH}):
        yield Difference(kind=Kind.FILE, name=path, what="is not part of the release")


def _components(release: Release, session: Session) -> Iterator[Difference]:
    running = session.runtime.running()
    for unit in release.units:
        if what := _unlike(unit, running.get(unit.name)):
            yield Difference(kind=Kind.COMPONENT, name=unit.name, what=what)
    for name in sorted(running.keys() - {unit.name for unit in release.units}):
        yield Difference(kind=Kind.COMPONENT, name=name, what="runs, but is not part of the release")


def _unlike(unit: Unit, running: RunningUnit | None) -> str | None:
    if running is None:
        return "does not run"
    if not running.alive:
        return f"has died{f': {running.detail}' if running.detail else ''}"
    if running.process != unit.process:
        return "runs with another command, environment or image"
    return None if running.config == unit.config else "has loaded another configuration"


def _loaded(expected: Expected) -> Iterator[Difference]:
    if expected.prometheus is None:
        return
    api = PrometheusApi(expected.prometheus)
    rules = {rule.name for rule in api.rules()} - {MAINTENANCE}  # its rules come and go between releases
    jobs = {target.job for target in api.targets()}
    yield from _compared(Kind.RULE, set(expected.rules), rules, "is not loaded", "was added by hand")
    yield from _compared(Kind.TARGET, set(expected.jobs), jobs, "is not scraped", "was added by hand")


def _compared(kind: Kind, should: set[str], does: set[str], lack: str, surplus: str) -> Iterator[Difference]:
    for name in sorted(should - does):
        yield Difference(kind=kind, name=name, what=lack)
    for name in sorted(does - should):
        yield Difference(kind=kind, name=name, what=surplus)
