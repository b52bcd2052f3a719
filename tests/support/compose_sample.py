"""A platform of the real core components and little else, for the tests of the compose runtime."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.component import Build, Component, Container, HttpHealth, Port, Profile
from platformctl.model.oncall import OnCall, PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.release import Release
from platformctl.model.site import Site
from platformctl.sinks.runtime import Runtime

REPOSITORY: Final = Path(__file__).parents[2]
CORE: Final[tuple[Component, ...]] = runpy.run_path(str(REPOSITORY / "compose" / "components.py"))[
    "COMPONENTS"
]

DEMO: Final = Component(
    name="shop",
    title="A service of our own",
    ports=(Port(name="http", number=8000),),
    health=HttpHealth(port="http", path="/ready"),
    needs=("redis",),
    profile=Profile.DEMO,
    container=Container(
        image=Build(repository="platformctl/shop", tag="1", context="build/shop"),
        command=("serve", "{listen:http}"),
        environment={"PRICE": "$5", "REDIS": "redis://{address:redis:redis}"},
        user="10001",
    ),
)


def platform(*components: Component, builds: tuple[Artifact, ...] = ()) -> Platform:
    """A platform of these components; of the core ones where none are given."""
    oncall = OnCall(
        teams=(),
        receivers=(Receiver(name="page", targets=(PagerDutyTarget(routing_key_secret="pagerduty-key"),)),),
        route=Route(receiver="page"),
    )
    return Platform(
        tiers=(),
        tenants=(),
        components=components or CORE,
        metrics=(),
        areas=(),
        oncall=oncall,
        builds=builds,
    )


def core(name: str) -> Component:
    """The core component of that name."""
    return next(component for component in CORE if component.name == name)


def container(component: Component) -> Container:
    """The container part; raises `ValueError` where there is none."""
    if component.container is None:
        raise ValueError(f"{component.name} has no container")
    return component.container


def with_memory(component: Component, memory_mb: int) -> Component:
    """The component with another memory limit."""
    return replace(component, container=replace(container(component), memory_mb=memory_mb))


def with_command(component: Component, *command: str) -> Component:
    """The component with another command."""
    return replace(component, container=replace(container(component), command=command))


def release(runtime: Runtime, platform: Platform, site: Site, *files: Artifact) -> Release:
    """The release of a runtime's own files and `files`."""
    everything = {
        artifact.path: artifact for artifact in (*platform.builds, *files, *runtime.render(platform, site))
    }
    return Release(files=everything, units=runtime.units(platform, site, everything))
