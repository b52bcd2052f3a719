"""The shipped log pipeline on a real Promtail and a real Loki."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from e2e.logs.conftest import PATIENCE_S, Stack, lay_release, make_site

from platformctl.model.platform import Platform
from platformctl.render.loki import tenants_header

pytestmark = pytest.mark.e2e

NASTY = Path(__file__).parent / "nasty_lines.json"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as Loki gives it back: labels and structured metadata in one."""

    text: str
    labels: dict[str, str]


def _event(**fields: object) -> str:
    return json.dumps({"timestamp": datetime.now(UTC).isoformat(), "level": "info", **fields})


def _query(stack: Stack, query: str, org: str) -> Iterator[Line]:
    url = f"{stack.loki}/loki/api/v1/query_range?" + urllib.parse.urlencode(
        {"query": query, "limit": 5000, "since": "1h"}
    )
    request = urllib.request.Request(url, headers={"X-Scope-OrgID": org})
    with urllib.request.urlopen(request, timeout=30) as answer:
        streams = json.load(answer)["data"]["result"]
    for stream in streams:
        for value in stream["values"]:
            yield Line(value[1], stream["stream"])


def _wait_for(stack: Stack, query: str, org: str, count: int) -> list[Line]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        lines = list(_query(stack, query, org))
        if len(lines) >= count or time.monotonic() > deadline:
            return lines
        time.sleep(0.25)


@pytest.fixture(scope="module")
def shipped(stack: Stack, platform: Platform) -> Stack:
    """A stack to which two tenants, the platform itself and a program without JSON have written."""
    stack.write(
        "api",
        _event(
            event="room booked", tenant="grand-hotel", service="api", request_id="req-1", trace_id="abc123"
        ),
        _event(event="seat sold", tenant="lumiere", service="api", request_id="req-2", level="WARN"),
        _event(event="started", service="api"),
        _event(event="hostile", tenant="../../etc", service="api"),
        _event(event="request", service="api", route="/health", code=200),
        _event(event="request", service="api", route="/health", code=503, level="error"),
    )
    stack.write("postgres", "LOG:  database system is ready to accept connections")
    stack.write("audit", *(json.dumps(case["line"]) for case in json.loads(NASTY.read_text())))
    _wait_for(stack, '{tenant=~".+"}', tenants_header(platform), 6 + len(json.loads(NASTY.read_text())))
    return stack


def test_the_servers_accept_their_configuration(
    loki_program: str, promtail_program: str, platform: Platform, tmp_path: Path
) -> None:
    lay_release(tmp_path, platform, make_site("loki", "promtail"))
    for command in (
        [loki_program, "-config.file=current/loki/loki.yml", "-verify-config"],
        [promtail_program, "-config.file=current/promtail/promtail.yml", "-check-syntax"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_a_tenant_sees_its_own_lines_only(shipped: Stack) -> None:
    lines = list(_query(shipped, '{service=~".+"}', "grand-hotel"))
    assert [json.loads(line.text)["event"] for line in lines] == ["room booked"]


def test_loki_answers_nobody_without_a_tenant(shipped: Stack) -> None:
    url = f"{shipped.loki}/loki/api/v1/labels"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url, timeout=10)


def test_operators_see_every_tenants_lines_at_once(shipped: Stack, platform: Platform) -> None:
    lines = list(_query(shipped, '{service="api"}', tenants_header(platform)))
    assert {line.labels["tenant"] for line in lines} == {"grand-hotel", "lumiere", "platform"}


def test_a_request_is_found_by_its_id_which_is_no_label(shipped: Stack) -> None:
    [line] = _query(shipped, '{service="api"} | request_id="req-1"', "grand-hotel")
    assert line.labels["trace_id"] == "abc123"
    url = f"{shipped.loki}/loki/api/v1/labels?since=1h"
    request = urllib.request.Request(url, headers={"X-Scope-OrgID": "grand-hotel"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        labels = set(json.load(answer)["data"])
    assert labels == {"environment", "level", "service", "tenant"}


def test_levels_have_one_spelling(shipped: Stack) -> None:
    [line] = _query(shipped, '{service="api"}', "lumiere")
    assert line.labels["level"] == "warning"


def test_a_tenant_that_is_no_tenant_id_goes_to_the_platform(shipped: Stack) -> None:
    [line] = [one for one in _query(shipped, '{service="api"}', "platform") if "hostile" in one.text]
    assert line.labels["tenant"] == "platform"


def test_a_line_that_is_no_json_arrives_under_its_files_name(shipped: Stack) -> None:
    [line] = _query(shipped, '{service="postgres"}', "platform")
    assert (line.labels["level"], "ready to accept" in line.text) == ("unknown", True)


def test_health_checks_that_succeed_are_dropped_and_failed_ones_kept(shipped: Stack) -> None:
    probes = [one for one in _query(shipped, '{service="api"}', "platform") if "/health" in one.text]
    assert [json.loads(one.text)["code"] for one in probes] == [503]


def test_no_secret_of_the_table_leaves_the_host(shipped: Stack) -> None:
    arrived = _nasty(shipped)
    cases = json.loads(NASTY.read_text())
    assert arrived.keys() == {case["line"]["case"] for case in cases}
    leaked = [
        (case["line"]["case"], secret)
        for case in cases
        for secret in case["secrets"]
        if secret in arrived[case["line"]["case"]]
    ]
    assert leaked == []


def test_what_is_no_secret_survives_the_redaction(shipped: Stack) -> None:
    arrived = _nasty(shipped)
    lost = [
        (case["line"]["case"], text)
        for case in json.loads(NASTY.read_text())
        for text in case["kept"]
        if text not in arrived[case["line"]["case"]]
    ]
    assert lost == []


def _nasty(shipped: Stack) -> dict[str, str]:
    """By the name of its case: all that can be seen of a line, as sent, decoded, and in its labels."""
    seen = {}
    for line in _query(shipped, '{service="audit"}', "platform"):
        decoded = json.loads(line.text)  # a line that redaction has broken fails here
        seen[decoded["case"]] = "\n".join(
            (line.text, json.dumps(decoded, ensure_ascii=False), json.dumps(line.labels))
        )
    return seen
