"""What every runtime can do. Compose, native processes and Kubernetes each give one `Runtime`."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from platformctl.model.artifact import Artifact
from platformctl.model.component import Component
from platformctl.model.platform import Platform
from platformctl.model.posture import Workload
from platformctl.model.release import Release, RunningUnit, Unit
from platformctl.model.site import RuntimeName, Site
from platformctl.plan import UnitChange


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyOptions:
    """demo: whether components of the demo profile are part of the deployment."""

    demo: bool = True


class DataStore(Protocol):
    """The data of a release's units. Every method may raise `PlatformError`; none prints."""

    def units(self) -> tuple[str, ...]:
        """The units that have a place for data, in start order."""

    def pack(self, unit: str, target: tarfile.TarFile, *, folder: str = "", leave_out: str = "") -> None:
        """Add what is in its data folder, or in a `folder` there; of a folder `leave_out` only the bare folder."""

    def pack_printed(self, unit: str, target: tarfile.TarFile, command: PrintedCommand, *, into: str) -> None:
        """Run a command beside the unit that prints a tar, and add its members below `into`."""

    def discard(self, unit: str, folder: str) -> None:
        """Delete a folder of its data."""

    def replaced(self, unit: str, part: Path) -> AbstractContextManager[None]:
        """Have what is in a compressed tar as its data. The unit must not run.

        When the block is left by an exception, its former data is back.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCommand:
    """A command with its words filled in; secrets: by environment variable, the one it gets in it."""

    argv: tuple[str, ...]
    secrets: Mapping[str, str]


class Runtime(Protocol):
    """One way of running a release. Every method may raise `PlatformError`; none prints."""

    @property
    def name(self) -> RuntimeName:
        """Which runtime this is."""

    def unavailable(self) -> str | None:
        """Why this machine cannot run it; None when it can."""

    def survey(self, platform: Platform, options: SurveyOptions) -> Site:
        """Look at the machine: what can run, where. Answers the same until something is taken or missing."""

    def default_site(self, platform: Platform, options: SurveyOptions) -> Site:
        """The site of a machine where everything is present on its default port. Looks at nothing."""

    def render(self, platform: Platform, site: Site) -> Iterator[Artifact]:
        """The runtime's own files of a release (a compose file, a process list)."""

    def units(self, platform: Platform, site: Site, files: dict[str, Artifact]) -> tuple[Unit, ...]:
        """The units of the release, in start order."""

    def running(self) -> dict[str, RunningUnit]:
        """What runs now, by unit, whatever release started it; nothing that is not ours."""

    def version(self, component: Component, site: Site) -> str:
        """The version that runs, as the program or the image names it; empty where that is not known."""

    def apply(self, change: UnitChange, release: Release) -> None:
        """Make one change with the active release, and return when the unit is healthy."""

    def down(self, *, volumes: bool) -> tuple[str, ...]:
        """Stop everything of ours, last started first; with `volumes`, delete its data. Returns the names."""

    def data(self, release: Release) -> DataStore:
        """The data of the units of a release."""

    def workloads(self) -> tuple[Workload, ...]:
        """How exposed everything of ours is that runs, as the engine or the kernel tells it."""

    def log_lines(self, component: str, *, tail: int, follow: bool) -> Iterator[str]:
        """The last lines of a component's log; with `follow`, those to come as well."""
