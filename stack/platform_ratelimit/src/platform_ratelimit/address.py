"""Which address a request comes from, behind proxies that are named and through none that are not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, cast

from platform_ratelimit.asgi import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
_MOST_HOPS: Final = 32
_MOST_KNOWN: Final = 8192
_LONGEST_ADDRESS: Final = 80


def parse_address(text: str) -> Address | None:
    """The address in a peer or a hop of X-Forwarded-For: bare, with a port, bracketed, or IPv4 in IPv6."""
    text = text.strip()
    return _parse(text) if len(text) <= _LONGEST_ADDRESS else None  # what is remembered must be short


@lru_cache(maxsize=_MOST_KNOWN)
def _parse(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def subject_of(address: Address | None) -> str:
    """What an address is limited as: an IPv4 host, or an IPv6 /64 (one customer's network)."""
    if address is None:
        return "ip:unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return f"ip:{ipaddress.IPv6Address(int(address) >> 64 << 64)}/64"
    return f"ip:{address}"


class Networks:
    """A set of networks, quick to ask about the same addresses again and again."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: tuple[Network, ...] = tuple(ipaddress.ip_network(network) for network in networks)
        self._known: dict[Address, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: object) -> bool:
        if not isinstance(address, ipaddress.IPv4Address | ipaddress.IPv6Address):
            return False
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[address] = any(address in network for network in self._networks)
        return known


class TrustedProxies:
    """The proxies whose word on the client's address counts. With none, the peer is the client."""

    def __init__(self, networks: Sequence[str] = (), *, unix_socket: bool = False) -> None:
        """`unix_socket` also trusts a peer without an address: a proxy on this machine's socket."""
        self._networks, self._unix_socket = Networks(networks), unix_socket
        self._peers: dict[str, bool] = {}  # those seen: a gateway's address is always the same one

    def trusts(self, scope: Scope) -> bool:
        """Whether the peer itself is one of them."""
        client = scope.get("client")
        if client is None or not client[0]:
            return self._unix_socket
        known = self._peers.get(client[0])
        return known if known is not None else self._judge(str(client[0]))

    def _judge(self, peer: str) -> bool:
        if len(self._peers) >= _MOST_KNOWN:
            self._peers.clear()
        trusted = self._peers[peer] = parse_address(peer) in self._networks
        return trusted

    def client(self, scope: Scope) -> Address | None:
        """The last address that no trusted proxy wrote down itself, from the right; none if unknown."""
        peer = scope.get("client")
        address = parse_address(peer[0]) if peer and peer[0] else None
        if not self._networks and not self._unix_socket:
            return address
        if not self.trusts(scope):
            return address
        for hop in self._hops(scope):
            address = parse_address(hop)
            if address not in self._networks:
                break
        return address

    def _hops(self, scope: Scope) -> list[str]:
        """X-Forwarded-For from the nearest hop to the farthest; several fields are one list."""
        headers = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
        fields = [value.decode("latin-1") for key, value in headers if key == b"x-forwarded-for"]
        return ",".join(fields).split(",")[::-1][:_MOST_HOPS] if fields else []
