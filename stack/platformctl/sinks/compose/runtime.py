"""The compose runtime: see, start, reload, restart and stop containers."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.model.artifact import Artifact
from platformctl.model.component import Component
from platformctl.model.platform import Platform
from platformctl.model.posture import Workload
from platformctl.model.release import Release, RunningUnit, Unit
from platformctl.model.site import RuntimeName, Site
from platformctl.plan import UnitAction, UnitChange
from platformctl.render import compose
from platformctl.sinks import machine, ports, secrets
from platformctl.sinks.compose import survey
from platformctl.sinks.compose.containers import Container, read, stop_order, workload
from platformctl.sinks.compose.data import ComposeData
from platformctl.sinks.compose.engine import Engine, EngineName
from platformctl.sinks.compose.live import Live
from platformctl.sinks.compose.records import LoadedConfigs, Service, service
from platformctl.sinks.runtime import SurveyOptions

_PROJECT_LABEL: Final = f"label=com.docker.compose.project={compose.PROJECT}"
_PATIENCE_S: Final = 120.0
_PAUSE_S: Final = 0.5
_PROBE_S: Final = 30.0
"""A busy engine takes its time to enter a container: that alone is no failure."""
_RELOAD_S: Final = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Time, and the way to let it pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class ComposeRuntime:
    """The containers of one state folder.

    images: published images that must be there or obtainable for the runtime to count as available.
    """

    def __init__(
        self,
        state: Path,
        *,
        engine: EngineName = EngineName.DOCKER,
        images: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._state = state.absolute()
        self._engine = Engine(engine, os.environ if environment is None else environment)
        self._images = images
        self._clock = clock or Clock()
        self._live = Live(self._state / "compose")
        self._loaded = LoadedConfigs(self._state / "compose" / "loaded.json")

    @property
    def name(self) -> RuntimeName:
        """Which runtime this is."""
        return RuntimeName.COMPOSE

    def unavailable(self) -> str | None:
        """Why this machine cannot run it; None when it can."""
        if reason := self._engine.unreachable():
            return reason
        if self._engine.compose_command() is None:
            return f"neither `{self._engine.client} compose` nor `docker-compose` is installed"
        return self._engine.unobtainable(self._images)

    def survey(self, platform: Platform, options: SurveyOptions) -> Site:
        """Choose the ports, make the secrets, and write both down."""
        self._refuse_a_stranger()
        components = survey.chosen(platform, options)
        if reason := self._engine.unobtainable(compose.images(components)):
            raise PlatformError(reason, fix="platformctl deploy --runtime native")
        record = self._state / "machine.json"
        former = machine.load(record)
        chosen = ports.allocate(components, former.ports, self._held_ports())
        machine.save(record, replace(former, ports={**former.ports, **chosen}))
        names = secrets.ensure((name for c in components for name in c.secrets), self._state / "secrets")
        site = survey.site_of(platform, options, ports=chosen, secrets=names)
        return replace(site, notes=tuple(ports.notes(components, chosen, former.ports)))

    def default_site(self, platform: Platform, options: SurveyOptions) -> Site:
        """The site of a machine where everything is present on its default port."""
        components = survey.chosen(platform, options)
        names = frozenset(name for component in components for name in component.secrets)
        return survey.site_of(platform, options, ports=survey.default_ports(components), secrets=names)

    def render(self, platform: Platform, site: Site) -> Iterator[Artifact]:
        """The compose file and what belongs to it."""
        return compose.render(platform, site)

    def units(self, platform: Platform, site: Site, files: dict[str, Artifact]) -> tuple[Unit, ...]:
        """The units of the release, in start order."""
        return compose.units(platform, site, files)

    def running(self) -> dict[str, RunningUnit]:
        """The containers of this state folder by unit; raises `PlatformError` when they cannot be seen."""
        if self._engine.unreachable() is not None and not self._loaded:
            return {}
        return {
            unit: RunningUnit(
                name=unit,
                process=container.process,
                config=self._loaded.config_of(container),
                alive=container.alive,
                detail=container.detail,
            )
            for unit, container in self._containers().items()
        }

    def version(self, component: Component, site: Site) -> str:  # noqa: ARG002 - the container knows
        """The tag of the image that runs."""
        container = self._containers().get(component.name)
        return container.version if container else ""

    def apply(self, change: UnitChange, release: Release) -> None:
        """Make one change with the active release, and return when the unit is healthy."""
        match change.action:
            case UnitAction.START | UnitAction.RESTART:
                self._recreate(change.name, release)
            case UnitAction.RELOAD:
                self._reload(change.name, release)
            case UnitAction.STOP:
                self._remove(self._container(change.name))

    def down(self, *, volumes: bool) -> tuple[str, ...]:
        """Stop and remove our containers and their network, last started first; with `volumes`, their data."""
        if self._engine.unreachable() is not None and not self._loaded:
            return ()
        containers = stop_order(self._containers().values())
        for container in containers:
            self._remove(container)
        if not self._engine.inspect(_PROJECT_LABEL):
            self._remove_all("network")
            if volumes:
                self._remove_all("volume")
        self._loaded.clear()
        return tuple(container.unit for container in containers)

    def data(self, release: Release) -> ComposeData:
        """The volumes of its containers."""
        return ComposeData(
            engine=self._engine,
            release=release,
            containers=self._containers,
            secrets=self._state / "secrets",
        )

    def workloads(self) -> tuple[Workload, ...]:
        """How exposed its containers are, as the engine runs them."""
        return tuple(map(workload, self._engine.inspect(f"label={compose.LABEL_STATE}={self._state}")))

    def log_lines(self, component: str, *, tail: int, follow: bool) -> Iterator[str]:
        """The last lines of a component's log; with `follow`, those to come as well."""
        container = self._container(component)
        more = ("--follow",) if follow else ()
        return self._engine.lines("logs", "--tail", str(tail), *more, container.id)

    def _containers(self) -> dict[str, Container]:
        found = self._engine.inspect(f"label={compose.LABEL_STATE}={self._state}")
        return {container.unit: container for container in map(read, found)}

    def _container(self, unit: str) -> Container:
        try:
            return self._containers()[unit]
        except KeyError:
            raise PlatformError(f"{unit} has no container", fix="platformctl deploy") from None

    def _held_ports(self) -> frozenset[int]:
        running = (container for container in self._containers().values() if container.status == "running")
        return frozenset(number for container in running for number in container.ports)

    def _refuse_a_stranger(self) -> None:
        """Refuse to share the project's name, and with it its data, with another state folder."""
        ours = {container.id for container in self._containers().values()}
        for document in self._engine.inspect(_PROJECT_LABEL):
            if document["Id"] not in ours:
                owner = (document["Config"].get("Labels") or {}).get(compose.LABEL_STATE)
                raise PlatformError(
                    f"the containers of {owner or 'a compose file run by hand'} have the project name "
                    f"{compose.PROJECT!r} on this engine",
                    fix=f"{self._engine.client} compose --project-name {compose.PROJECT} down",
                )

    def _recreate(self, unit: str, release: Release) -> None:
        wanted = service(unit, release.files)
        for folder in wanted.folders:
            self._live.publish(folder, release.files)
        self._live.share_secrets(unit, wanted.secrets, self._state / "secrets", owner=wanted.user)
        build = ("--build",) if wanted.is_built else ()
        self._compose("up", "--detach", "--no-deps", "--force-recreate", *build, unit)
        self._wait_until_healthy(unit, restarts=0)
        self._loaded.put(self._container(unit), _unit(unit, release).config)

    def _reload(self, unit: str, release: Release) -> None:
        wanted, container = service(unit, release.files), self._container(unit)
        before = {folder: self._live.publish(folder, release.files) for folder in wanted.folders}
        if refusal := _post(wanted.reload_url):
            self._take_back(wanted, before)
            raise PlatformError(
                f"{unit} refuses its new configuration and keeps the old one: {refusal}{self._words(container)}",
                fix="platformctl check",
            )
        self._wait_until_healthy(unit, restarts=container.restarts)
        self._loaded.put(container, _unit(unit, release).config)

    def _take_back(self, wanted: Service, before: Mapping[str, str | None]) -> None:
        """Show the former files again, and have them loaded: a server may have taken over a part of the new."""
        for folder, version in before.items():
            self._live.restore(folder, version)
        _post(wanted.reload_url)

    def _compose(self, *arguments: str) -> None:
        command = self._engine.compose_command()
        if command is None:
            raise PlatformError("there is no compose command", fix="install docker-compose")
        folder = self._state / "current"
        files = ("--file", str(folder / compose.PATH), "--project-directory", str(folder))
        answer = self._engine.run(
            (*command, "--project-name", compose.PROJECT, *files, *arguments),
            extra={
                "PLATFORMCTL_LIVE": str(self._live.config),
                "PLATFORMCTL_SECRETS": str(self._live.secrets),
                "PLATFORMCTL_STATE": str(self._state),
            },
        )
        if answer.code != 0:
            raise PlatformError(
                f"{' '.join(command)} could not start {arguments[-1]}: {answer.reason}",
                where=str(folder / compose.PATH),
                fix=f"platformctl logs {arguments[-1]}",
            )

    def _wait_until_healthy(self, unit: str, *, restarts: int) -> None:
        """Ask the container itself, as its health check does; `restarts`: how often it had ended before."""
        deadline = self._clock.now() + _PATIENCE_S
        while True:
            container = self._container(unit)
            if container.status not in ("created", "running") or container.restarts > restarts:
                raise self._failure(container, container.detail or "it ended and was started again")
            if not container.health:
                return
            probe = self._engine.ask("exec", container.id, *container.health, timeout_s=_PROBE_S)
            if probe.code == 0:
                return
            if self._clock.now() >= deadline:
                raise self._failure(container, f"not healthy after {_PATIENCE_S:g} s: {probe.reason}")
            self._clock.sleep(_PAUSE_S)

    def _failure(self, container: Container, why: str) -> PlatformError:
        return PlatformError(
            f"{container.unit} does not run: {why}{self._words(container)}",
            fix=f"platformctl logs {container.unit}",
        )

    def _words(self, container: Container) -> str:
        """The end of its log, to stand below a message."""
        lines = self._engine.lines("logs", "--tail", "5", container.id)
        return "".join(f"\n    {line}" for line in lines)

    def _remove(self, container: Container) -> None:
        """Let it end in its own time, then remove it with the volumes that have no name."""
        self._engine.need("stop", container.id)
        self._engine.need("rm", "--force", "--volumes", container.id)

    def _remove_all(self, kind: str) -> None:
        for name in self._engine.need(kind, "ls", "--quiet", "--filter", _PROJECT_LABEL).split():
            self._engine.need(kind, "rm", name)


def _unit(name: str, release: Release) -> Unit:
    return next(unit for unit in release.units if unit.name == name)


def _post(url: str) -> str | None:
    """Why the server refuses a POST of nothing; None when it does not."""
    request = urllib.request.Request(url, data=b"", method="POST")  # noqa: S310 - our own http:// address
    try:
        with urllib.request.urlopen(request, timeout=_RELOAD_S):  # noqa: S310
            return None
    except urllib.error.HTTPError as error:
        return " ".join(error.read().decode(errors="replace").split()) or str(error)
    except OSError as error:
        return str(error)
