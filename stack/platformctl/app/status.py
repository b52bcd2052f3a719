"""Ask the live servers how the stack is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.app.session import Prepared, Session
from platformctl.model.component import Component, HttpHealth, Scheme
from platformctl.model.release import RunningUnit
from platformctl.model.rules import Severity
from platformctl.model.site import Site
from platformctl.sources.http import HttpServer, Unreachable, accepts_connection
from platformctl.sources.prometheus import FiringAlert, LoadedRule, PrometheusApi, Target

_PROMETHEUS: Final = "prometheus"
_ASKED_UP_TO: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentState:
    """state: ``healthy``, ``unhealthy``, ``died``, ``not started`` or ``skipped``; detail: what is known of a fault."""

    name: str
    state: str
    url: str
    version: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """One look at everything. `firing` leaves the watchdog out: it must fire."""

    components: tuple[ComponentState, ...]
    targets: tuple[Target, ...] = ()
    rules_ok: int = 0
    rule_errors: tuple[LoadedRule, ...] = ()
    firing: tuple[FiringAlert, ...] = ()
    unreachable: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether every component that can run here is healthy, every target up, and no rule fails."""
        return (
            not self.unreachable
            and not self.rule_errors
            and all(c.state in ("healthy", "skipped") for c in self.components)
            and all(t.health == "up" for t in self.targets)
        )


def ask_status(session: Session, prepared: Prepared) -> Status:
    """The state of every component, and what Prometheus says of targets, rules and alerts."""
    components = tuple(_components(session, prepared))
    if not prepared.site.has(_PROMETHEUS):
        return Status(components=components)
    api = PrometheusApi(prepared.site.published(_PROMETHEUS, "http"))
    try:
        rules, targets, alerts = api.rules(), api.targets(), api.alerts()
    except Unreachable as error:
        return Status(components=components, unreachable=(str(error),))
    return Status(
        components=components,
        targets=targets,
        rules_ok=sum(1 for rule in rules if rule.health == "ok"),
        rule_errors=tuple(rule for rule in rules if rule.health == "err"),
        firing=tuple(a for a in alerts if a.state == "firing" and a.labels.get("severity") != Severity.NONE),
    )


def _components(session: Session, prepared: Prepared) -> Iterator[ComponentState]:
    running = session.runtime.running()
    site = prepared.site
    skipped = {s.component: s for s in site.skipped}
    for component in prepared.platform.components:
        name = component.name
        if site.has(name):
            state, detail = _state(component, site, running.get(name))
            version = session.runtime.version(component, site)
            yield ComponentState(
                name=name, state=state, url=_url(component, site), version=version, detail=detail
            )
        elif name in skipped:
            yield ComponentState(name=name, state="skipped", url="", version="", detail=skipped[name].reason)


def _state(component: Component, site: Site, unit: RunningUnit | None) -> tuple[str, str]:
    if unit is None:
        return "not started", ""
    if not unit.alive:
        return "died", unit.detail
    if is_healthy(component, site):
        return "healthy", ""
    return "unhealthy", unit.detail or "it runs, but does not answer its health check"


def is_healthy(component: Component, site: Site) -> bool:
    """Whether the component answers its health check, asked from this machine."""
    address = site.published(component.name, component.health.port)
    if isinstance(component.health, HttpHealth):
        server = HttpServer(address)
        # Asked again before it counts: on a busy machine one answer is late sometimes.
        return any(server.answers(component.health.path) for _ in range(_ASKED_UP_TO))
    return accepts_connection(address)


def _url(component: Component, site: Site) -> str:
    port = component.ports[0]
    scheme = "http" if port.scheme is Scheme.HTTP else component.name
    return f"{scheme}://{site.published(component.name, port.name)}"
