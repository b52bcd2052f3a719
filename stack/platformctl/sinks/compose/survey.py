"""Where the containers of a stack live: one network in which names are addresses, and ports on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from platformctl.model.component import Component, Profile
from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site, Skipped
from platformctl.render import compose
from platformctl.sinks.files import write_atomically
from platformctl.sinks.runtime import SurveyOptions

_LOOPBACK: Final = "127.0.0.1"
_SECTION: Final = "compose"


def chosen(platform: Platform, options: SurveyOptions) -> tuple[Component, ...]:
    """The components that are part of the deployment and have a container."""
    return tuple(
        component
        for component in platform.components
        if component.container and (options.demo or component.profile is not Profile.DEMO)
    )


def port_key(component: Component, port: str) -> str:
    """The name under which a port is recorded."""
    return f"{component.name}/{port}"


def site_of(
    platform: Platform, options: SurveyOptions, *, ports: Mapping[str, int], secrets: frozenset[str]
) -> Site:
    """The site on which each port of `ports` (by `port_key`) is published with that number."""
    skipped = (
        Skipped(component=component.name, reason="it has no container")
        for component in platform.components
        if component.container is None and (options.demo or component.profile is not Profile.DEMO)
    )
    return Site(
        runtime=RuntimeName.COMPOSE,
        places={component.name: _place(component, ports) for component in chosen(platform, options)},
        secrets_folder=compose.SECRETS_FOLDER,
        secrets=secrets,
        skipped=tuple(skipped),
    )


def default_ports(components: Iterable[Component]) -> dict[str, int]:
    """Each port with its own number."""
    return {port_key(c, port.name): port.number for c in components for port in c.ports}


def choose_ports(
    components: Iterable[Component],
    *,
    recorded: Mapping[str, int],
    ours: frozenset[int],
    is_free: Callable[[int], bool],
    any_free: Callable[[], int],
) -> dict[str, int]:
    """A number for each port: the recorded one, else its own, else any; never one that others hold.

    ours: the numbers that containers of this stack hold now.
    """
    taken: dict[str, int] = {}
    for key, number in default_ports(components).items():
        wishes = (recorded.get(key, number), number)
        fit = (w for w in wishes if w not in taken.values() and (w in ours or is_free(w)))
        taken[key] = next(fit, 0) or any_free()
    return taken


def is_free(port: int) -> bool:
    """Whether the port can be bound on loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that nobody holds now."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        number: int = probe.getsockname()[1]
    return number


def recorded_ports(machine: Path) -> dict[str, int]:
    """The ports of the last survey; none when there was no survey, or its record cannot be read."""
    section = _document(machine).get(_SECTION)
    ports = section.get("ports") if isinstance(section, dict) else None
    return dict(ports) if isinstance(ports, dict) else {}


def record_ports(machine: Path, ports: Mapping[str, int]) -> None:
    """Write the ports down, and leave what other runtimes recorded."""
    document = {**_document(machine), _SECTION: {"ports": dict(ports)}}
    write_atomically(machine, json.dumps(document, indent=2) + "\n")


def _document(machine: Path) -> dict[str, object]:
    try:
        document = json.loads(machine.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _place(component: Component, ports: Mapping[str, int]) -> Place:
    root = compose.root(component)
    container = component.container
    return Place(
        listen={port.name: f"0.0.0.0:{port.number}" for port in component.ports},
        reach={port.name: f"{component.name}:{port.number}" for port in component.ports},
        published={
            port.name: f"{_LOOPBACK}:{ports[port_key(component, port.name)]}" for port in component.ports
        },
        config=f"{root}/{component.config[0]}" if component.config else root,
        data=container.data_path if container else "",
        release=root,
    )
