"""Which port a component gets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from platformctl.model.component import Component, Native, Port, TcpHealth
from platformctl.sinks import ports

NOBODY: frozenset[int] = frozenset()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def free() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def component(name: str, number: int) -> Component:
    return Component(
        name=name,
        title=name,
        ports=(Port(name="tcp", number=number),),
        health=TcpHealth(port="tcp"),
        native=Native(binaries=("server",)),
    )


def test_the_usual_port_is_taken_when_it_is_free(free: int) -> None:
    assert ports.allocate([component("a", free)], {}, NOBODY) == {"a": {"tcp": free}}


def test_a_taken_port_is_not_free_and_one_in_the_wildcard_neither(taken: int) -> None:
    assert not ports.is_free(taken)
    with socket.socket(socket.AF_INET6) as holder:
        holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        holder.bind(("::", 0))
        holder.listen()
        assert not ports.is_free(holder.getsockname()[1])


def test_another_port_is_found_for_a_taken_one(taken: int) -> None:
    chosen = ports.allocate([component("a", taken)], {}, NOBODY)["a"]["tcp"]
    assert chosen != taken
    assert ports.is_free(chosen)


def test_the_recorded_port_wins_over_the_usual_one(free: int, taken: int) -> None:
    recorded = {"a": {"tcp": free}}
    assert ports.allocate([component("a", taken)], recorded, NOBODY) == recorded


def test_a_recorded_port_on_which_our_own_process_listens_is_kept(taken: int, free: int) -> None:
    recorded = {"a": {"tcp": taken}}
    assert ports.allocate([component("a", free)], recorded, frozenset({taken})) == recorded


def test_two_components_never_get_the_same_port(free: int) -> None:
    chosen = ports.allocate([component("a", free), component("b", free)], {}, NOBODY)
    assert chosen["a"]["tcp"] == free
    assert chosen["b"]["tcp"] != free


def test_what_differs_from_the_usual_is_told(free: int) -> None:
    parts = [component("a", 9000)]
    assert list(ports.notes(parts, {"a": {"tcp": 9000}}, {})) == []
    assert list(ports.notes(parts, {"a": {"tcp": free}}, {})) == [f"a listens on port {free}; 9000 was taken"]
    assert list(ports.notes(parts, {"a": {"tcp": free}}, {"a": {"tcp": 9000}})) == [
        f"a moves from port 9000, which is taken, to {free}"
    ]
