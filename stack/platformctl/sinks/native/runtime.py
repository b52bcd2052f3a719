"""The native runtime: components as processes of this machine, from binaries on PATH."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.component import Component, Profile
from platformctl.model.platform import Platform
from platformctl.model.posture import Workload
from platformctl.model.release import Release, RunningUnit, Unit
from platformctl.model.site import RuntimeName, Site
from platformctl.plan import UnitAction, UnitChange
from platformctl.render import native
from platformctl.sinks import machine
from platformctl.sinks.native import logs, survey
from platformctl.sinks.native.data import NativeData
from platformctl.sinks.native.folders import delete_data
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.units import Units
from platformctl.sinks.native.versions import program_version
from platformctl.sinks.native.waiting import Clock
from platformctl.sinks.runtime import SurveyOptions

_ELSEWHERE: Final = Path("/var/lib/platformctl")
_HEALTH_TIMEOUT_S: Final = 90.0


class NativeRuntime:
    """Runs a release below a state folder.

    elsewhere: where the data of servers goes that must not run as root, when their account cannot
    enter the state folder.
    """

    name: Final = RuntimeName.NATIVE

    def __init__(
        self,
        state: Path,
        *,
        elsewhere: Path = _ELSEWHERE,
        clock: Clock | None = None,
        health_timeout_s: float = _HEALTH_TIMEOUT_S,
    ) -> None:
        self._clock = clock or Clock()
        self._layout = Layout(state.absolute())
        self._units = Units(self._layout, clock=self._clock, health_timeout_s=health_timeout_s)
        self._surveyor = survey.Surveyor(layout=self._layout, elsewhere=elsewhere)

    def unavailable(self) -> str | None:
        """Processes are told apart with /proc, which Linux alone has."""
        return None if Path("/proc/self/stat").exists() else "this machine has no /proc (it needs Linux)"

    def survey(self, platform: Platform, options: SurveyOptions) -> Site:
        """Find programs, choose ports, make secrets; the choices are recorded in ``machine.json``."""
        return self._surveyor.survey(_chosen(platform, options), self._units.held_ports())

    def default_site(self, platform: Platform, options: SurveyOptions) -> Site:
        """The site of a machine where everything is present on its default port."""
        return survey.default_site(_chosen(platform, options))

    def render(self, platform: Platform, site: Site) -> Iterator[Artifact]:
        """The process list."""
        return native.render(platform, site)

    def units(self, platform: Platform, site: Site, files: dict[str, Artifact]) -> tuple[Unit, ...]:
        """The units of the release, in start order."""
        return native.units(platform, site, files)

    def running(self) -> dict[str, RunningUnit]:
        """The processes on record: those that run, and those that have died."""
        return self._units.running()

    def version(self, component: Component, site: Site) -> str:
        """The version the program names; empty for our own Python components."""
        if component.native is None or component.native.modules or not site.has(component.name):
            return ""
        return program_version(site.places[component.name].program, component.native.version_argv)

    def apply(self, change: UnitChange, release: Release) -> None:
        """Make one change with the active release, and return when the process is healthy."""
        if change.action is UnitAction.STOP:
            self._units.stop(change.name)
            return
        process = native.parse(release.files)[change.name]
        unit = next(unit for unit in release.units if unit.name == change.name)
        if change.action is UnitAction.RELOAD:
            self._units.reload(process, unit)
        else:
            self._units.start(process, unit)

    def down(self, *, volumes: bool) -> tuple[str, ...]:
        """End every process of ours, the last started first; with `volumes`, delete the data folders."""
        stopped = self._units.stop_all()
        if volumes:
            delete_data(self._layout, machine.load(self._layout.machine), self._surveyor.elsewhere)
        return stopped

    def data(self, release: Release) -> NativeData:
        """The data folders of its processes."""
        return NativeData(layout=self._layout, release=release)

    def workloads(self) -> tuple[Workload, ...]:
        """How exposed its processes are, as the kernel tells it."""
        return self._units.workloads()

    def log_lines(self, component: str, *, tail: int, follow: bool) -> Iterator[str]:
        """The last lines of a component's log; with `follow`, those to come as well."""
        return logs.lines(self._layout, component, tail=tail, follow=follow, clock=self._clock)


def _chosen(platform: Platform, options: SurveyOptions) -> Iterator[Component]:
    return (c for c in platform.components if options.demo or c.profile is not Profile.DEMO)
