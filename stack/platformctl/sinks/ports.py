"""Which port of this machine a component gets: the recorded one, the usual one, or one that is free."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from platformctl.errors import PlatformError
from platformctl.model.component import Component, Port

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - for ports that are exposed on purpose
_STEP: Final = 10_000
_TRIES: Final = 100

Ports = Mapping[str, Mapping[str, int]]
"""Port numbers by component and port name."""


def is_free(number: int) -> bool:
    """Whether a server could listen on that port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind((LOOPBACK, number))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise PlatformError(
                f"cannot listen on port {number}: {error.strerror}", where=LOOPBACK
            ) from error
    return True


def allocate(
    components: Iterable[Component], recorded: Ports, ours: frozenset[int]
) -> dict[str, dict[str, int]]:
    """A port number for every port of `components`, no two alike.

    ours: numbers that are taken, but by processes of ours.
    """
    wanted = [(component.name, port) for component in components for port in component.ports]
    usual = {port.number for _, port in wanted}
    given: set[int] = set()
    chosen: dict[str, dict[str, int]] = {}
    for name, port in wanted:
        former = recorded.get(name, {}).get(port.name)
        number = next(
            number
            for number in _candidates(port, former, usual)
            if number not in given and (number in ours or is_free(number))
        )
        given.add(number)
        chosen.setdefault(name, {})[port.name] = number
    return chosen


def published(component: Component, numbers: Mapping[str, int]) -> dict[str, str]:
    """``host:port`` of each port of the component, as it is opened on this machine."""
    return {
        port.name: f"{EVERYWHERE if port.exposed else LOOPBACK}:{numbers[port.name]}"
        for port in component.ports
    }


def notes(components: Iterable[Component], chosen: Ports, recorded: Ports) -> Iterator[str]:
    """What a person should know about the chosen ports."""
    for component in components:
        for port in component.ports:
            number = chosen[component.name][port.name]
            former = recorded.get(component.name, {}).get(port.name, number)
            if number != former:
                yield f"{component.name} moves from port {former}, which is taken, to {number}"
            elif number != port.number:
                yield f"{component.name} listens on port {number}; {port.number} was taken"


def _candidates(port: Port, former: int | None, usual: set[int]) -> Iterator[int]:
    """The recorded number, the usual one, those a fixed step above it, then whatever the system gives."""
    if former is not None:
        yield former
    yield port.number
    above = range(port.number + _STEP, min(port.number + _STEP + _TRIES, 65_536))
    yield from (number for number in above if number not in usual)
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            number = int(probe.getsockname()[1])
        yield number
