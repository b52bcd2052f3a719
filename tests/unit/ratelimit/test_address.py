"""The client's address: only what trusted proxies wrote down is believed."""

from __future__ import annotations

import ipaddress

import pytest

from platform_ratelimit.address import LOOPBACK, TrustedProxies, parse_address, subject_of


def scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (peer, 1234) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.9", ("203.0.113.1",), "198.51.100.9"),  # an untrusted peer speaks for itself only
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("6.6.6.6, 203.0.113.1",), "203.0.113.1"),  # what the client itself sent is to the left
        ("10.0.0.1", ("203.0.113.1, 10.0.0.7",), "203.0.113.1"),
        ("10.0.0.1", ("6.6.6.6", "203.0.113.1"), "203.0.113.1"),
        ("10.0.0.1", ("10.0.0.5, 10.0.0.6",), "10.0.0.5"),
        ("10.0.0.1", ("[2001:db8::5]:443",), "2001:db8::5"),
        ("10.0.0.1", ("203.0.113.1:4711",), "203.0.113.1"),
        ("::ffff:10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
    ],
)
def test_the_last_untrusted_hop_is_the_client(peer: str, forwarded: tuple[str, ...], client: str) -> None:
    assert TrustedProxies(("10.0.0.0/8",)).client(scope(peer, *forwarded)) == ipaddress.ip_address(client)


def test_rubbish_before_the_proxy_is_an_unknown_client_not_the_proxy() -> None:
    assert TrustedProxies(LOOPBACK).client(scope("127.0.0.1", "<script>")) is None
    assert subject_of(None) == "ip:unknown"


def test_without_proxies_a_forwarded_header_means_nothing() -> None:
    assert TrustedProxies().client(scope("127.0.0.1", "203.0.113.1")) == ipaddress.ip_address("127.0.0.1")


def test_a_unix_socket_is_trusted_only_when_said_so() -> None:
    assert TrustedProxies().client(scope(None, "203.0.113.1")) is None
    assert TrustedProxies(unix_socket=True).client(scope(None, "203.0.113.1")) == ipaddress.ip_address(
        "203.0.113.1"
    )


def test_an_ipv6_customer_is_one_network() -> None:
    one, other = parse_address("2001:db8:1:2::5"), parse_address("2001:db8:1:2:ffff::9")
    assert subject_of(one) == subject_of(other) == "ip:2001:db8:1:2::/64"
    assert subject_of(parse_address("192.0.2.7")) == "ip:192.0.2.7"


def test_a_list_of_a_million_hops_is_not_walked() -> None:
    walked = TrustedProxies(("10.0.0.0/8",))
    assert walked.client(scope("10.0.0.1", "6.6.6.6," + "10.0.0.2," * 100_000 + "10.0.0.3")) is not None


def test_a_hop_too_long_to_be_an_address_is_not_remembered() -> None:
    assert parse_address("1" * 60_000) is None
    assert parse_address(" " * 60_000 + "192.0.2.1") == ipaddress.ip_address("192.0.2.1")
