"""The shipped log pipelines on a real Promtail and a real Loki."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from e2e.logs.conftest import Stack, last_hour
from support.watch import until

from platformctl.model.log_query import Level, LogLine
from platformctl.model.logs import OPERATORS
from platformctl.sinks.native.discovery import discover

pytestmark = pytest.mark.e2e

NASTY = json.loads((Path(__file__).parent / "nasty_lines.json").read_text())
TRACEBACK = (
    "ERROR:    Exception in ASGI application",
    "Traceback (most recent call last):",
    '  File "/app/main.py", line 7, in book',
    "    raise KeyError(room)",
    "KeyError: 12",
)
WRITERS = ("api", "postgres", "worker", "gateway", "audit")
WRITTEN = 11


def _event(**fields: object) -> str:
    return json.dumps({"timestamp": datetime.now(UTC).isoformat(), "level": "info", **fields})


def _gateway_line(**fields: object) -> str:
    line = {"level": "info", "ts": datetime.now(UTC).timestamp(), "msg": "handled request", **fields}
    return json.dumps(line)


@pytest.fixture(scope="module")
def shipped(stack: Stack) -> Stack:
    """A stack to which two tenants, the platform, the gateway and a program without JSON have written."""
    stack.write(
        "api",
        _event(
            event="room booked", tenant="grand-hotel", service="api", request_id="req-1", trace_id="abc123"
        ),
        _event(event="seat sold", tenant="lumiere", service="api", request_id="req-2", level="WARN"),
        _event(event="started", service="api"),
        _event(event="hostile", tenant="../../etc", service="api"),
        _event(event="hostile, too", tenant="_operators", service="api"),
        _event(event="seat lost", tenant="lumiere", service="api", request_id="req-4", level="ERROR"),
        _event(event="request", service="api", route="/health", code=200),
        _event(event="request", service="api", route="/health", code=503, level="error"),
    )
    stack.write("postgres", "LOG:  database system is ready to accept connections")
    stack.write("worker", *TRACEBACK, "INFO:     next job")
    stack.append(
        stack.folder / stack.site.places["gateway"].data / "access.log",
        _gateway_line(status=200, tenant="grand-hotel", decision="allowed", request_id="req-1"),
        _gateway_line(status=401, decision="denied", request_id="req-3", level="info"),
    )
    stack.write("audit", *(json.dumps(case["line"]) for case in NASTY))
    wanted = WRITTEN + 1 + len(NASTY)
    until(lambda: _arrived(stack) >= wanted or None, f"{wanted} lines in Loki")
    return stack


def _arrived(stack: Stack) -> int:
    return sum(line.service in WRITERS for line in stack.lines(stack.everybody))


def _of(lines: list[LogLine], text: str) -> LogLine:
    [found] = [line for line in lines if text in line.text]
    return found


def test_the_servers_accept_their_configuration(stack: Stack) -> None:
    programs = discover(c for c in stack.platform.components if c.name in ("loki", "promtail")).programs
    for command in (
        [programs["loki"], "-config.file=current/loki/loki.yml", "-verify-config"],
        [programs["promtail"], "-config.file=current/promtail/promtail.yml", "-check-syntax"],
    ):
        done = subprocess.run(command, cwd=stack.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_loki_answers_nobody_without_a_tenant(shipped: Stack) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"{shipped.url}/loki/api/v1/labels", timeout=10)
    refused.value.close()


def test_operators_see_every_tenants_lines_at_once(shipped: Stack) -> None:
    lines = shipped.lines(shipped.everybody, service="api")
    assert {line.tenant for line in lines} == {"grand-hotel", "lumiere", "platform"}


def test_a_request_is_found_at_the_gateway_and_in_the_service_by_its_id_which_is_no_label(
    shipped: Stack,
) -> None:
    lines = shipped.lines("grand-hotel", request_id="req-1")
    assert [line.service for line in lines] == ["api", "gateway"]
    assert lines[0].metadata["trace_id"] == "abc123"
    assert (lines[1].metadata["code"], lines[1].metadata["decision"]) == ("200", "allowed")
    labels = shipped.get("/loki/api/v1/labels", "grand-hotel", since="1h")
    assert labels == {"status": "success", "data": ["environment", "level", "service", "tenant"]}


def test_a_refused_request_without_a_proven_tenant_is_the_platforms(shipped: Stack) -> None:
    [line] = shipped.lines("platform", request_id="req-3")
    assert (line.service, line.tenant) == ("gateway", "platform")


def test_the_gateways_time_is_the_one_in_its_line(shipped: Stack) -> None:
    [line] = shipped.lines("platform", request_id="req-3")
    assert abs(line.time_ns - float(json.loads(line.text)["ts"]) * 1e9) < 1e6


def test_levels_have_one_spelling(shipped: Stack) -> None:
    lines = shipped.lines("lumiere", service="api", level=Level.WARNING)
    assert [line.level for line in lines] == ["warning", "error"]


def test_a_tenant_that_is_no_tenant_id_goes_to_the_platform(shipped: Stack) -> None:
    hostile = [line for line in shipped.lines("platform", service="api") if "hostile" in line.text]
    assert [line.tenant for line in hostile] == ["platform", "platform"]
    assert [line for line in shipped.lines(OPERATORS) if "hostile" in line.text] == []


def test_operators_have_a_copy_of_what_is_grave_or_telling_and_of_what_passed_the_gateway(
    shipped: Stack,
) -> None:
    lost = until(lambda: shipped.lines(OPERATORS, request_id="req-4"), "the error at the operators'")
    assert [(line.tenant, line.service, line.level) for line in lost] == [("lumiere", "api", "error")]

    def copied() -> list[LogLine]:
        lines = shipped.lines(OPERATORS)
        return [line for line in lines if line.service in ("api", "worker", "gateway")]

    until(lambda: len(copied()) >= 5, "the copies of the failed probe, the traceback and the gateway's lines")
    told = copied()
    assert {line.text for line in told if line.service == "worker"} == {"\n".join(TRACEBACK)}
    events = {json.loads(line.text)["event"] for line in told if line.service == "api"}
    assert events == {"seat lost", "request"}  # the failed probe, of level error, too
    assert len(told) == 5


def test_the_copy_holds_no_secret_either(shipped: Stack) -> None:
    audit = until(lambda: shipped.lines(OPERATORS, service="audit"), "the copy of the audit's lines")
    written = "\n".join(line.text for line in audit)
    assert "[redacted]" in written
    assert [secret for case in NASTY for secret in case["secrets"] if secret in written] == []


def test_a_line_that_is_no_json_arrives_under_its_files_name(shipped: Stack) -> None:
    [line] = shipped.lines("platform", service="postgres")
    assert (line.level, "ready to accept" in line.text) == ("unknown", True)


def test_a_traceback_is_one_line_with_the_message_before_it(shipped: Stack) -> None:
    lines = shipped.lines("platform", service="worker")
    assert [line.text for line in lines] == ["\n".join(TRACEBACK), "INFO:     next job"]


def test_health_checks_that_succeed_are_dropped_and_failed_ones_kept(shipped: Stack) -> None:
    probes = [line for line in shipped.lines("platform", service="api") if "/health" in line.text]
    assert [json.loads(line.text)["code"] for line in probes] == [503]


def test_no_secret_of_the_table_leaves_the_host(shipped: Stack) -> None:
    arrived = _nasty(shipped.lines("platform", service="audit"))
    assert arrived.keys() == {case["line"]["case"] for case in NASTY}
    leaked = [
        (case["line"]["case"], secret)
        for case in NASTY
        for secret in case["secrets"]
        if secret in arrived[case["line"]["case"]]
    ]
    assert leaked == []


def test_what_is_no_secret_survives_the_redaction(shipped: Stack) -> None:
    arrived = _nasty(shipped.lines("platform", service="audit"))
    lost = [
        (case["line"]["case"], text)
        for case in NASTY
        for text in case["kept"]
        if text not in arrived[case["line"]["case"]]
    ]
    assert lost == []


def _nasty(lines: list[LogLine]) -> dict[str, str]:
    """By the name of its case: all that can be seen of a line, as sent, decoded, and in its labels."""
    seen = {}
    for line in lines:
        decoded = json.loads(line.text)  # a line that redaction has broken fails here
        seen[decoded["case"]] = "\n".join(
            (line.text, json.dumps(decoded, ensure_ascii=False), json.dumps(dict(line.metadata)))
        )
    return seen


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"tenant": "grand-hotel"},
        {"service": "gateway"},
        {"level": Level.WARNING},
        {"request_id": "req-1"},
        {"trace_id": "abc123"},
        {"grep": "seat|Trace.*\\n"},
        {"tenant": "platform", "service": "audit", "grep": "redacted"},
    ],
    ids=lambda wanted: "-".join(wanted) or "all",
)
def test_the_files_give_the_same_lines_as_loki(shipped: Stack, wanted: dict[str, object]) -> None:
    query = last_hour(**wanted)
    local = _told(shipped.files().lines(query))
    remote = _told(shipped.loki(shipped.everybody).lines(query))
    assert remote
    assert local == remote


def _told(lines: Iterable[LogLine]) -> Counter[tuple[str, ...]]:
    """The lines of this module's writers, whatever else is in the stack."""
    return Counter(
        (line.tenant, line.service, line.level, line.text) for line in lines if line.service in WRITERS
    )
