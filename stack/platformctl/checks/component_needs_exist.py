"""What a component needs, reads, or has the address of, is defined and in reach; nothing needs itself in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.model.component import PLACEHOLDER, Component, texts
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def component_needs_exist(platform: Platform) -> Iterator[Problem]:
    """One problem for each unknown name, and for each component in a circle of needs."""
    components = {component.name: component for component in platform.components}
    for component in platform.components:
        for what in (*_unknown(component, components), *_circle(component, components)):
            yield Problem(
                check="component_needs_exist",
                what=f"{component.name} {what}",
                where=platform.origin("component", component.name),
                fix=f"components: {', '.join(sorted(components))}",
            )


def _unknown(component: Component, components: Mapping[str, Component]) -> Iterator[str]:
    for name in component.needs:
        if name not in components:
            yield f"needs {name!r}, which is not defined"
    for name in component.reads:
        if name not in components:
            yield f"reads the data of {name!r}, which is not defined"
        elif name not in component.needs and f"{{data:{name}}}" in "".join(texts(component)):
            yield f"reads the data of {name!r}, but does not need it"
    for name, port in dict.fromkeys(_addresses(component)):
        if name not in components:
            yield f"asks for the address of {name!r}, which is not defined"
        elif port not in {p.name for p in components[name].ports}:
            yield f"asks for the port {port!r} of {name}, which it does not have"
        elif not set(component.networks) & set(components[name].networks):
            yield f"asks for the address of {name!r}, with which its container shares no network"


def _addresses(component: Component) -> Iterator[tuple[str, str]]:
    for text in texts(component):
        for found in PLACEHOLDER.finditer(text):
            if found[1] == "address":
                _, name, port = found[2].split(":")
                yield name, port


def _circle(component: Component, components: Mapping[str, Component]) -> Iterator[str]:
    seen: set[str] = set()
    queue = list(component.needs)
    while queue:
        name = queue.pop()
        if name == component.name:
            yield "needs itself, by way of the others"
            return
        if name not in seen and name in components:
            seen.add(name)
            queue += components[name].needs
