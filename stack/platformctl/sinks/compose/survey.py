"""Where the containers of a stack live: one network in which names are addresses, and ports on loopback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platformctl.model.component import Component, Profile
from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site, Skipped
from platformctl.render import compose
from platformctl.sinks.ports import Ports, published
from platformctl.sinks.runtime import SurveyOptions


def chosen(platform: Platform, options: SurveyOptions) -> tuple[Component, ...]:
    """The components that are part of the deployment and have a container."""
    return tuple(component for component in _wanted(platform, options) if component.container)


def default_ports(components: Iterable[Component]) -> Ports:
    """Each port with its own number."""
    return {component.name: {port.name: port.number for port in component.ports} for component in components}


def site_of(platform: Platform, options: SurveyOptions, *, ports: Ports, secrets: frozenset[str]) -> Site:
    """The site on which every port is published with its number in `ports`."""
    return Site(
        runtime=RuntimeName.COMPOSE,
        places={
            component.name: _place(component, ports[component.name])
            for component in chosen(platform, options)
        },
        secrets_folder=compose.SECRETS_FOLDER,
        secrets=secrets,
        skipped=tuple(
            Skipped(component=component.name, reason="it has no container")
            for component in _wanted(platform, options)
            if component.container is None
        ),
    )


def _wanted(platform: Platform, options: SurveyOptions) -> Iterable[Component]:
    return (c for c in platform.components if options.demo or c.profile is not Profile.DEMO)


def _place(component: Component, numbers: Mapping[str, int]) -> Place:
    root = compose.root(component)
    container = component.container
    return Place(
        listen={port.name: f"0.0.0.0:{port.number}" for port in component.ports},
        reach={port.name: f"{component.name}:{port.number}" for port in component.ports},
        published=published(component, numbers),
        config="/".join((root, *component.config[:1])),
        data=container.data_path if container else "",
        release=root,
    )
