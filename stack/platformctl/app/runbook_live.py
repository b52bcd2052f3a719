"""What the live servers say of an alert, for the top of its page; and of all that fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.app.servers import what_runs
from platformctl.app.session import Request
from platformctl.errors import PlatformError
from platformctl.model.rules import Severity
from platformctl.sources.alertmanager import AlertmanagerApi, RoutedAlert, Silence
from platformctl.sources.http import Unreachable
from platformctl.sources.prometheus import FiringAlert, PrometheusApi

_SUBJECT_LABELS: Final = ("tenant", "service", "job", "instance", "component")
"""What an alert is about: alerts that share one of these are related."""
_RECENT: Final = "1h"
_SEVERITIES: Final = tuple(str(severity) for severity in Severity)


class AlertState(StrEnum):
    """`UNKNOWN` where Prometheus could not be asked; `NOT_LOADED` where it has no rule of that name."""

    FIRING = "firing"
    PENDING = "pending"
    QUIET = "quiet"
    NOT_LOADED = "not loaded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedAlert:
    """Another alert about the same subject or of the same area; not `firing`: it did within the last hour."""

    name: str
    labels: Mapping[str, str]
    firing: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """What is known of one alert now; `unknown` names what could not be asked, and why."""

    alert: str
    state: AlertState
    instances: tuple[FiringAlert, ...] = ()
    related: tuple[RelatedAlert, ...] = ()
    silences: tuple[Silence, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def affected(self) -> dict[str, tuple[str, ...]]:
        """The tenants, services, instances … that the alert is about, by their label."""
        found = {
            label: sorted({i.labels.get(label, "") for i in self.instances}) for label in _SUBJECT_LABELS
        }
        return {label: tuple(v for v in values if v) for label, values in found.items() if any(values)}


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringGroup:
    """All instances of one alert that fire; quiet: how many of them are silenced or inhibited."""

    alert: str
    severity: str
    instances: tuple[FiringAlert, ...]
    quiet: int
    has_page: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """All that fires, the worst first; `unknown` as in `Live`."""

    groups: tuple[FiringGroup, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Servers:
    """The deployment's own servers; None where it has none that runs."""

    prometheus: PrometheusApi | None
    alertmanager: AlertmanagerApi | None


def ask_live(request: Request, alert: str) -> Live:
    """The state of one alert. Nothing that runs, or does not answer, is told in `unknown`, never raised."""
    try:
        servers = _servers(request)
    except PlatformError as error:
        return Live(alert=alert, state=AlertState.UNKNOWN, unknown=(str(error),))
    unknown: list[str] = []
    state, instances, related = _of_prometheus(servers.prometheus, alert, unknown)
    silences = _of_alertmanager(servers.alertmanager, alert, instances, unknown)
    return Live(
        alert=alert,
        state=state,
        instances=instances,
        related=related,
        silences=silences,
        unknown=tuple(unknown),
    )


def ask_firing(request: Request, pages: Iterable[str]) -> Firing:
    """Every alert that fires, except the watchdog; raises `PlatformError` where Prometheus cannot say."""
    servers = _servers(request)
    if servers.prometheus is None:
        raise PlatformError("Prometheus does not run here", fix="platformctl deploy")
    alerts = [a for a in servers.prometheus.alerts() if a.state == "firing" and _matters(a.labels)]
    unknown: list[str] = []
    held = _held(servers.alertmanager, unknown)
    known = frozenset(pages)
    names = sorted({a.name for a in alerts})
    groups = (
        _group(name, [a for a in alerts if a.name == name], held, has_page=name in known) for name in names
    )
    worst_first = sorted(groups, key=lambda g: (_severity_rank(g.severity), g.alert))
    return Firing(groups=tuple(worst_first), unknown=tuple(unknown))


def _servers(request: Request) -> _Servers:
    """Raises `PlatformError` where nothing runs."""
    running = what_runs(request)
    prometheus, alertmanager = (running.address(name) for name in ("prometheus", "alertmanager"))
    return _Servers(
        PrometheusApi(prometheus) if prometheus else None,
        AlertmanagerApi(alertmanager) if alertmanager else None,
    )


def _of_prometheus(
    server: PrometheusApi | None, alert: str, unknown: list[str]
) -> tuple[AlertState, tuple[FiringAlert, ...], tuple[RelatedAlert, ...]]:
    if server is None:
        unknown.append("the state of the alert: Prometheus does not run here\n  fix: platformctl deploy")
        return AlertState.UNKNOWN, (), ()
    try:
        groups = {rule.name: rule.group for rule in server.rules()}
        alerts = server.alerts()
        recent = server.series(f'last_over_time(ALERTS{{alertstate="firing"}}[{_RECENT}])')
    except Unreachable as error:
        unknown.append(f"the state of the alert: {error}")
        return AlertState.UNKNOWN, (), ()
    instances = tuple(a for a in alerts if a.name == alert)
    related = tuple(_related(alert, instances, alerts, recent, groups))
    return _state(alert, instances, groups), instances, related


def _state(alert: str, instances: tuple[FiringAlert, ...], loaded: Mapping[str, str]) -> AlertState:
    if alert not in loaded:
        return AlertState.NOT_LOADED
    if any(i.state == "firing" for i in instances):
        return AlertState.FIRING
    return AlertState.PENDING if instances else AlertState.QUIET


def _related(
    alert: str,
    instances: tuple[FiringAlert, ...],
    alerts: tuple[FiringAlert, ...],
    recent: tuple[dict[str, str], ...],
    groups: Mapping[str, str],
) -> Iterator[RelatedAlert]:
    """Alerts that fire, then those that did lately; each once."""
    subjects = {s for i in instances for s in _subjects(i.labels)}
    now = [a.labels for a in alerts if a.state == "firing"]
    told: list[Mapping[str, str]] = []
    for labels, firing in (*((it, True) for it in now), *((_own(it), False) for it in recent)):
        name = labels["alertname"]
        same = subjects & set(_subjects(labels)) or groups.get(name, "") == groups.get(alert)
        if name != alert and same and _matters(labels) and labels not in told:
            told.append(labels)
            yield RelatedAlert(name=name, labels=labels, firing=firing)


def _own(series: Mapping[str, str]) -> dict[str, str]:
    """The labels of the alert that this ALERTS series tells of."""
    return {label: value for label, value in series.items() if label not in ("__name__", "alertstate")}


def _subjects(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((label, labels[label]) for label in _SUBJECT_LABELS if label in labels)


def _matters(labels: Mapping[str, str]) -> bool:
    """The watchdog always fires, by intention."""
    return labels.get("severity") != Severity.NONE


def _of_alertmanager(
    server: AlertmanagerApi | None, alert: str, instances: tuple[FiringAlert, ...], unknown: list[str]
) -> tuple[Silence, ...]:
    """The open silences that hold back an instance, or might hold back the next one."""
    if server is None:
        unknown.append("the silences: Alertmanager does not run here\n  fix: platformctl deploy")
        return ()
    try:
        silences = server.silences()
    except Unreachable as error:
        unknown.append(f"the silences: {error}")
        return ()
    if instances:
        return tuple(s for s in silences if any(s.silences(i.labels) for i in instances))
    return tuple(s for s in silences if s.may_silence({"alertname": alert}))


def _held(server: AlertmanagerApi | None, unknown: list[str]) -> tuple[RoutedAlert, ...]:
    if server is None:
        unknown.append(
            "whether an alert is silenced: Alertmanager does not run here\n  fix: platformctl deploy"
        )
        return ()
    try:
        return server.alerts()
    except Unreachable as error:
        unknown.append(f"whether an alert is silenced: {error}")
        return ()


def _group(
    name: str, alerts: list[FiringAlert], held: tuple[RoutedAlert, ...], *, has_page: bool
) -> FiringGroup:
    quiet = [r.labels for r in held if r.silenced or r.inhibited]
    return FiringGroup(
        alert=name,
        severity=min((a.labels.get("severity", Severity.INFO) for a in alerts), key=_severity_rank),
        instances=tuple(alerts),
        quiet=sum(any(a.labels.items() <= labels.items() for labels in quiet) for a in alerts),
        has_page=has_page,
    )


def _severity_rank(name: str) -> int:
    return _SEVERITIES.index(name) if name in _SEVERITIES else len(_SEVERITIES)
