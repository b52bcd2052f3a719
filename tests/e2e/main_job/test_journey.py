"""From a request to the gateway to its lines by `platformctl logs`, on the deployed stack, with or without a Loki."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request

import pytest
from support.workspace import Workspace

pytestmark = pytest.mark.e2e
PATIENCE_S = 30


def _lines(platform: Workspace, request_id: str) -> list[dict[str, str]]:
    printed = platform.run("logs", "--request-id", request_id, "--json").stdout
    return [json.loads(line) for line in printed.splitlines()]


def _refused_login(platform: Workspace, request_id: str) -> str:
    """Ask the gateway for a log-in that cannot succeed; the id that the answer names."""
    request = urllib.request.Request(
        f"{platform.address('gateway')}/api/login",
        b'{"tenant": "nobody", "user": "ana", "password": "wrong"}',
        {"Content-Type": "application/json", "X-Request-Id": request_id},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        return answer.headers["X-Request-Id"]


def test_a_requests_lines_at_the_gateway_and_in_the_service_are_found_by_its_id(platform: Workspace) -> None:
    request_id = f"complaint-{secrets.token_hex(4)}"
    assert _refused_login(platform, request_id) == request_id
    deadline = time.monotonic() + PATIENCE_S
    while len(found := _lines(platform, request_id)) < 2 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert {line["service"] for line in found} == {"gateway", "demo-api"}
    assert "wrong" not in "".join(line["line"] for line in found)


def test_an_unsound_id_of_the_callers_is_replaced(platform: Workspace) -> None:
    assert _refused_login(platform, 'x"} or {y') != 'x"} or {y'
