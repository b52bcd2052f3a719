"""From a workspace's content folders to one `Platform`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from platformctl.errors import DefinitionError
from platformctl.model import objectives, service_slo, sizes
from platformctl.model.access import Access
from platformctl.model.artifact import Artifact
from platformctl.model.component import Component
from platformctl.model.dashboard import Dashboard
from platformctl.model.deployment import Deployment
from platformctl.model.log_store import LogStore
from platformctl.model.logs import LogPipeline
from platformctl.model.oncall import OnCall
from platformctl.model.platform import Platform
from platformctl.model.probe import Probe
from platformctl.model.rules import EVERYBODY, AlertArea, AlertRule, Language, RecordingRule, Rollout
from platformctl.model.units import Duration, seconds
from platformctl.sources import baselines, catalogue, modules, tenants
from platformctl.sources.builds import load_builds
from platformctl.sources.modules import Definitions
from platformctl.sources.runbooks import load_runbooks

T = TypeVar("T")
_ONCALL: Final = "oncall"
_ORIGIN_WORDS: Final = (
    ("ALERTS", "alert"),
    ("RECORDING_RULES", "recording rule"),
    ("COMPONENTS", "component"),
    ("LOG_PIPELINES", "log pipeline"),
    ("DASHBOARDS", "dashboard"),
)


def load_platform(root: Path) -> Platform:
    """Every definition below `root`; raises `DefinitionError` at the user's own file and line."""
    alerts = tuple(modules.load_folder(root, "alerts_src"))
    stack = tuple(modules.load_folder(root, "compose"))
    dashboards = tuple(modules.load_folder(root, "dashboards_src"))
    tiers = tenants.load_tiers(root)
    customers = tenants.load_tenants(root, tiers)
    deployment = _one(stack, "DEPLOYMENT", Deployment) or Deployment()
    defined = _all(stack, "COMPONENTS", Component, lambda c: c.name)
    components = tuple(component for component in defined if deployment.has(component))
    areas = tuple(_area(d) for d in alerts if d.stem != _ONCALL)
    serving = tuple(c.name for c in components if c.serves_tenants)
    probes = tuple(_all(stack, "PROBES", Probe, lambda p: p.name))
    platform = Platform(
        tiers=tiers,
        tenants=customers,
        components=components,
        log_pipelines=tuple(_all(stack, "LOG_PIPELINES", LogPipeline, lambda p: p.name)),
        probes=probes,
        dashboards=tuple(_all(dashboards, "DASHBOARDS", Dashboard, lambda d: d.uid)),
        areas=(
            objectives.objectives(tiers, customers),
            *service_slo.areas(tenants.load_services(root)),
            *objectives.sources(serving, probes),
            *_in(Language.PROMQL, areas),
        ),
        log_areas=tuple(_in(Language.LOGQL, areas)),
        oncall=_oncall(alerts),
        metrics=catalogue.load(),
        runbooks=tuple(load_runbooks(root)),
        builds=tuple(_builds(root)),
        baseline=baselines.latest(root),
        access=_one(stack, "ACCESS", Access),
        deployment=deployment,
        log_store=_one(stack, "LOG_STORE", LogStore) or LogStore(),
        origins=dict(_origins(alerts, stack, dashboards)),
    )
    return sizes.sized(platform)


def _one(loaded: Iterable[Definitions], name: str, kind: type[T]) -> T | None:
    """The value `name` of whichever module has it."""
    for definitions in loaded:
        found = getattr(definitions.module, name, None)
        if isinstance(found, kind):
            return found
        if found is not None:
            raise DefinitionError(
                f"{name} is a {type(found).__name__}, not a {kind.__name__}", where=definitions.shown
            )
    return None


def _all(loaded: Iterable[Definitions], name: str, kind: type[T], key: Callable[[T], str]) -> Iterator[T]:
    """The members of every module's tuple `name`; raises at the second definition of the same key."""
    seen: dict[str, str] = {}
    for definitions in loaded:
        for member in definitions.values(name, kind):
            where = definitions.where(key(member))
            if first := seen.get(key(member)):
                raise DefinitionError(f"{key(member)!r} is defined twice; first at {first}", where=where)
            seen[key(member)] = where
            yield member


def _in(language: Language, areas: tuple[AlertArea, ...]) -> Iterator[AlertArea]:
    """The areas with their rules in this language; those that had rules, and none in it, are left out."""
    for area in areas:
        rules = tuple(rule for rule in area.recording_rules if rule.language is language)
        alerts = tuple(alert for alert in area.alerts if alert.language is language)
        empty = not (area.recording_rules or area.alerts)
        if rules or alerts or (empty and language is Language.PROMQL):
            yield replace(area, recording_rules=rules, alerts=alerts)


def _area(definitions: Definitions) -> AlertArea:
    interval = getattr(definitions.module, "INTERVAL", seconds(15))
    if not isinstance(interval, Duration):
        raise DefinitionError(
            "INTERVAL is not a duration", where=definitions.shown, fix="INTERVAL = seconds(15)"
        )
    return AlertArea(
        name=definitions.stem,
        alerts=_rolled_out(definitions),
        recording_rules=definitions.values("RECORDING_RULES", RecordingRule),
        interval=interval,
    )


def _rolled_out(definitions: Definitions) -> tuple[AlertRule, ...]:
    """The area's alerts; a ROLLOUT of the module holds for those that have none of their own."""
    alerts = definitions.values("ALERTS", AlertRule)
    rollout = getattr(definitions.module, "ROLLOUT", EVERYBODY)
    if not isinstance(rollout, Rollout):
        raise DefinitionError(
            "ROLLOUT is not a rollout", where=definitions.shown, fix="ROLLOUT = Rollout(shadow=True)"
        )
    return tuple(replace(a, rollout=rollout) if a.rollout == EVERYBODY else a for a in alerts)


def _oncall(loaded: Iterable[Definitions]) -> OnCall:
    for definitions in loaded:
        if definitions.stem == _ONCALL:
            found = getattr(definitions.module, "ONCALL", None)
            if isinstance(found, OnCall):
                return found
            raise DefinitionError(
                "has no ONCALL", where=definitions.shown, fix="ONCALL = OnCall(teams=..., ...)"
            )
    raise DefinitionError("there is no alerts_src/oncall.py", fix="platformctl init DIR lays one")


def _builds(root: Path) -> Iterator[Artifact]:
    for folder in sorted((root / "compose").iterdir()):
        if (folder / "Dockerfile").is_file():
            yield from load_builds(folder)


def _origins(*groups: tuple[Definitions, ...]) -> Iterator[tuple[str, str]]:
    for definitions in (d for group in groups for d in group):
        for tuple_name, word in _ORIGIN_WORDS:
            for key in (_key(member) for member in definitions.values(tuple_name, object)):
                yield f"{word}:{key}", definitions.where(key)


def _key(member: object) -> str:
    return member.uid if isinstance(member, Dashboard) else str(getattr(member, "name", member))
