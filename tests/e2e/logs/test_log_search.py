"""`platformctl logs` on a real Loki: any number of lines, each once, and lines to come."""

from __future__ import annotations

import csv
import io
import itertools
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from e2e.logs.conftest import REPOSITORY, Stack, last_hour
from support.watch import until

from platformctl.errors import PlatformError
from platformctl.model.log_query import LogQuery
from platformctl.model.logs import OPERATORS
from platformctl.sources.loki import ManyLokis

pytestmark = pytest.mark.e2e
LINES = 700
ALIKE = 60
LABELS = {"tenant": "marktplatz", "service": "many", "level": "info"}


@pytest.fixture(scope="module")
def many(stack: Stack) -> Stack:
    """Seven hundred lines of one service, sixty of them at one and the same nanosecond."""
    now = time.time_ns() - 10**9
    times = [now + 10**6 * min(n, LINES - ALIKE) for n in range(LINES)]
    stack.push("marktplatz", LABELS, *((at, f"line {n}") for n, at in enumerate(times)))
    until(lambda: len(stack.lines("marktplatz", service="many")) == LINES or None, "all lines in Loki")
    return stack


def _platformctl(stack: Stack, *arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "platformctl"), "logs", *arguments]
    command += ["--loki", stack.site.reach("loki", "http"), "--workspace", str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pages_give_every_line_once_and_in_order(many: Stack) -> None:
    for page in (100, 97, LINES, 5000):
        lines = list(many.loki(many.everybody, page=page).lines(last_hour(service="many")))
        assert [line.time_ns for line in lines] == sorted(line.time_ns for line in lines)
        assert sorted(int(line.text.split()[1]) for line in lines) == list(range(LINES))


def test_more_lines_of_one_instant_than_a_page_holds_are_refused_not_lost(many: Stack) -> None:
    with pytest.raises(PlatformError, match="more than 50 lines bear the same time"):
        list(many.loki(many.everybody, page=50).lines(last_hour(service="many")))


def test_lines_to_come_are_told_once_also_those_that_arrive_late(many: Stack) -> None:
    query = last_hour(service="growing")
    follower = many.loki(many.everybody).follow(query, now_ns=time.time_ns, sleep=lambda _: time.sleep(0.05))
    labels = LABELS | {"service": "growing"}
    now = time.time_ns()
    many.push("marktplatz", labels, (now, "first"))
    told = [next(follower).text]
    writer = threading.Thread(
        target=lambda: many.push("marktplatz", labels, (now - 10**9, "late"), (now + 1, "last"))
    )
    writer.start()
    told += [line.text for line in itertools.islice(follower, 2)]
    writer.join()
    assert told == ["first", "late", "last"]


def test_the_command_prints_text_json_lines_and_csv(many: Stack) -> None:
    of_one = ("--tenant", "marktplatz", "--service", "many", "--grep", "^line 7$")
    assert _platformctl(many, *of_one).strip().endswith("info     many marktplatz  line 7")
    [line] = map(json.loads, _platformctl(many, *of_one, "--json").splitlines())
    assert (line["tenant"], line["line"]) == ("marktplatz", "line 7")
    [row] = csv.DictReader(io.StringIO(_platformctl(many, *of_one, "--csv")))
    assert (row["service"], row["line"], row["time"]) == ("many", "line 7", line["time"])


def test_without_a_tenant_the_operators_copy_is_shown_and_on_demand_every_line(many: Stack) -> None:
    grave = LABELS | {"level": "error"}
    for org in ("marktplatz", OPERATORS):
        many.push(org, grave, (time.time_ns(), "grave"))
    until(lambda: many.lines(OPERATORS, service="many"), "the line at the operators'")
    assert len(_platformctl(many, "--service", "many").splitlines()) == 1
    assert len(_platformctl(many, "--service", "many", "--all-tenants").splitlines()) == LINES + 1


def test_a_requests_tenant_is_found_by_the_gateways_line_and_its_own_lines_are_shown(many: Stack) -> None:
    of_request = {"request_id": "req-lookup"}
    seen = {"tenant": "marktplatz", "service": "gateway", "level": "info"}
    now = time.time_ns()
    for org, labels in (
        (OPERATORS, seen),
        ("marktplatz", seen),
        ("marktplatz", LABELS),
        ("platform", LABELS),
    ):
        many.push(org, labels, (now, f"{org} {labels['service']}"), metadata=of_request)
    many.push("grand-hotel", LABELS, (now, "of another"), metadata=of_request)
    until(lambda: many.lines(OPERATORS, request_id="req-lookup"), "the gateway's line")
    shown = _platformctl(many, "--request-id", "req-lookup", "--json").splitlines()
    lines = sorted(json.loads(line)["line"] for line in shown)
    assert lines == ["marktplatz gateway", "marktplatz many", "platform many"]


def test_a_request_that_no_gateway_saw_is_looked_for_everywhere(many: Stack) -> None:
    many.push("lumiere", LABELS, (time.time_ns(), "by a job"), metadata={"request_id": "req-nightly"})
    until(lambda: many.lines("lumiere", request_id="req-nightly"), "the line")
    assert "by a job" in _platformctl(many, "--request-id", "req-nightly")


def test_one_tenants_view_holds_no_other_tenants_lines(many: Stack) -> None:
    assert _platformctl(many, "--tenant", "grand-hotel", "--service", "many") == ""
    assert len(_platformctl(many, "--tenant", "marktplatz", "--service", "many").splitlines()) >= LINES


def test_a_thousand_organisations_are_asked_in_batches_and_their_lines_come_in_order(many: Stack) -> None:
    named = [f"tenant-{n:05}" for n in range(998)]
    now = time.time_ns()
    for n, org in enumerate((named[0], named[500], named[-1])):
        many.push(org, LABELS | {"service": "batched"}, (now - n, org))
    lokis = ManyLokis.of(many.site.reach("loki", "http"), 30, named)
    assert len(lokis.batches) == 10
    query = last_hour(service="batched")
    found = until(lambda: _three(lokis, query), "the lines of three tenants")
    assert found == [named[-1], named[500], named[0]]


def _three(lokis: ManyLokis, query: LogQuery) -> list[str] | None:
    texts = [line.text for line in lokis.lines(query)]
    return texts if len(texts) == 3 else None
