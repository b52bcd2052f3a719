"""What a line of the access log says, and what is no line of it."""

from __future__ import annotations

import json

import pytest

from platform_telemetry.edge.line import Answer, parse


def line(**changed: object) -> bytes:
    fields = {"ts": 1_000.5, "status": 200, "duration": 0.25, "tenant": "acme", "decision": "allowed"}
    return json.dumps({**fields, **changed}).encode()


def test_a_line_is_an_answer() -> None:
    assert parse(line()) == Answer("acme", 2, 0.25, 1_000.5, False, False)


@pytest.mark.parametrize("tenant", ["", None, 'a"b', "a b", "-", "x" * 65, "é"])
def test_what_is_no_tenants_name_is_unknown(tenant: object) -> None:
    answer = parse(line(tenant=tenant))
    assert answer is not None
    assert answer.tenant == "unknown"


def test_only_the_limiters_429_is_throttled() -> None:
    cases = [(429, "denied"), (429, "allowed"), (503, "denied"), (429, "none")]
    found = [parse(line(status=status, decision=decision)) for status, decision in cases]
    assert [answer and answer.throttled for answer in found] == [True, False, False, False]


def test_a_client_that_left_is_a_4xx_and_a_websocket_has_no_latency() -> None:
    gone, websocket = parse(line(status=0)), parse(line(status=101, duration=3600))
    assert gone is not None
    assert gone.status_class == 4
    assert websocket is not None
    assert (websocket.status_class, websocket.duration_s) == (1, None)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b'{"status": 200}',
        line(status="x"),
        line(status=700),
        line(duration=-1),
        line(duration="inf"),
        line(duration="nan"),
        line(ts=None),
        line(tenant=["a"]),
        b"[" * 100_000,
    ],
)
def test_what_is_no_line_of_the_gateway_is_none(text: bytes) -> None:
    assert parse(text) is None
