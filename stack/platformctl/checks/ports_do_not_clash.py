"""No two components want the same port of the host."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def ports_do_not_clash(platform: Platform) -> Iterator[Problem]:
    """One problem for each port number that is wanted a second time."""
    owners: dict[int, str] = {}
    for component in platform.components:
        for port in component.ports:
            wanted = f"{component.name}:{port.name}"
            first = owners.setdefault(port.number, wanted)
            if first != wanted:
                yield Problem(
                    check="ports_do_not_clash",
                    what=f"{wanted} and {first} both want the port {port.number}",
                    where=platform.origin("component", component.name),
                    fix="give one of them another number",
                )
