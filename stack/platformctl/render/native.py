"""``native/processes.json``: every component as a local process, relative to the state folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.component import Component, HttpHealth, Native, PrepareStep
from platformctl.model.platform import Platform
from platformctl.model.release import Unit
from platformctl.model.site import Place, Site
from platformctl.render import units as unit_rendering
from platformctl.render._json import json_artifact

PATH: Final = "native/processes.json"
_SYSTEM_FOLDERS: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Compiled modules would be written into the release, which never changes; a buffered log comes too late.
_PYTHON_ENVIRONMENT: Final = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A command that must have succeeded before the process starts; done when `creates` exists."""

    argv: tuple[str, ...]
    creates: str
    stdin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One local process.

    directory and data: its working and its data folder, relative to the state folder unless absolute.
    user: the account it runs as when root starts it; empty for root itself.
    ports: ``host:port`` by port name. health: an ``http://`` URL to GET or a ``tcp://`` address to connect to.
    health_command: must succeed as well, unless empty.
    reload: a URL to POST; empty where it cannot reload. stop_signal: as in ``SIGTERM``.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    data: str
    user: str
    ports: Mapping[str, str]
    prepare: tuple[Step, ...]
    health: str
    health_command: tuple[str, ...]
    reload: str
    stop_signal: str
    stop_timeout_s: float


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The process list of all components that run on `site`."""
    yield json_artifact(PATH, {"processes": [asdict(process) for process in _processes(platform, site)]})


def parse(files: Mapping[str, Artifact]) -> dict[str, Process]:
    """The processes of a release by name."""
    document = json.loads(files[PATH].content)
    processes = {}
    for entry in document["processes"]:  # JSON knows no tuples
        steps = tuple(Step(**{**step, "argv": tuple(step["argv"])}) for step in entry["prepare"])
        commands = {key: tuple(entry[key]) for key in ("argv", "health_command")}
        processes[entry["name"]] = Process(**{**entry, **commands, "prepare": steps})
    return processes


def units(platform: Platform, site: Site, files: Mapping[str, Artifact]) -> tuple[Unit, ...]:
    """The units of all components that run on `site`, in start order."""
    texts = {name: json.dumps(asdict(process)) for name, process in parse(files).items()}
    components = tuple(component for component in platform.components if site.has(component.name))
    return unit_rendering.units(components, texts, files)


def _processes(platform: Platform, site: Site) -> Iterator[Process]:
    present = (component for component in platform.components if site.has(component.name))
    for component in unit_rendering.start_order(present):
        if component.native is not None:
            yield _render_process(component, component.native, site)


def _search_path(program: str) -> str:
    """The program's own folder, for the helpers that come with it, and the system's; never the current one."""
    folder = PurePosixPath(program).parent
    return f"{folder}:{_SYSTEM_FOLDERS}" if folder.is_absolute() else _SYSTEM_FOLDERS


def _render_process(component: Component, native: Native, site: Site) -> Process:
    def fill(text: str) -> str:
        return site.fill(component.name, text)

    place = site.places[component.name]
    health = component.health
    return Process(
        name=component.name,
        argv=(place.program, *map(fill, native.args)),
        environment={
            "PATH": _search_path(place.program),
            "LANG": "C.UTF-8",
            **(_PYTHON_ENVIRONMENT if native.modules else {}),
            **{key: fill(value) for key, value in native.environment.items()},
        },
        directory=_directory(place),
        data=place.data,
        user=native.unprivileged_user,
        ports=dict(place.listen),
        prepare=tuple(_step(step, component.name, site) for step in native.prepare),
        health=f"http://{place.listen[health.port]}{health.path}"
        if isinstance(health, HttpHealth)
        else f"tcp://{place.listen[health.port]}",
        health_command=tuple(map(fill, native.health_command)),
        reload=f"http://{place.listen[component.reload.port]}{component.reload.path}"
        if component.reload
        else "",
        stop_signal=native.stop_signal.name,
        stop_timeout_s=native.stop_timeout.seconds,
    )


def _directory(place: Place) -> str:
    """The state folder; the data folder itself where that had to go elsewhere, as the process cannot enter ours."""
    return place.data if PurePosixPath(place.data).is_absolute() else "."


def _step(step: PrepareStep, component: str, site: Site) -> Step:
    return Step(
        argv=tuple(site.fill(component, text) for text in step.argv),
        creates=site.fill(component, step.creates),
        stdin=step.stdin,
    )
