"""What is asked for, and the lines that answer it, from files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from unit.logs.conftest import SAMPLE

from platformctl.app.logs_search import moment_ns
from platformctl.errors import UsageError
from platformctl.model.log_query import Level, LogLine, LogQuery
from platformctl.model.logs import Multiline, TimeFormat
from platformctl.render.logql import logql
from platformctl.sources.log_files import LogFiles
from platformctl_cli.log_report import json_of, text_of

NS = 10**9
NOON = 1_795_435_200 * NS  # 2026-11-23T12:00:00Z
DAY = LogQuery(start_ns=NOON - 3600 * NS, end_ns=NOON + 3600 * NS)


def _line(second: float, **fields: object) -> str:
    at = f"2026-11-23T12:00:{second:06.3f}Z"
    return json.dumps({"timestamp": at, "level": "info", "service": "api", **fields})


def _files(tmp_path: Path, **logs: list[str]) -> LogFiles:
    for name, lines in logs.items():
        (tmp_path / f"{name}.log").write_text("".join(f"{line}\n" for line in lines))
    return LogFiles(pipelines=(SAMPLE,), folders={"": tmp_path})


def _texts(files: LogFiles, **wanted: object) -> list[str]:
    return [json.loads(line.text)["event"] for line in files.lines(replace(DAY, **wanted))]


@pytest.fixture
def files(tmp_path: Path) -> LogFiles:
    return _files(
        tmp_path,
        api=[
            _line(1, event="one", tenant="lumiere", request_id="r-1"),
            _line(3, event="three", level="ERR", password="hunter2"),
            _line(5, event="five", tenant="../up"),
        ],
        worker=[_line(2, event="two", service="worker"), _line(4, event="four", level="fatal")],
    )


def test_lines_of_several_files_come_in_the_order_of_their_times(files: LogFiles) -> None:
    assert _texts(files) == ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"tenant": "lumiere"}, ["one"]),
        ({"tenant": "platform"}, ["two", "three", "four", "five"]),
        ({"service": "worker"}, ["two"]),
        ({"level": Level.ERROR}, ["three", "four"]),
        ({"request_id": "r-1"}, ["one"]),
        ({"request_id": "r"}, []),
        ({"grep": "t(wo|hree)"}, ["two", "three"]),
        ({"start_ns": NOON + 2 * NS, "end_ns": NOON + 4 * NS}, ["two", "three"]),
    ],
)
def test_each_filter(files: LogFiles, wanted: dict[str, object], found: list[str]) -> None:
    assert _texts(files, **wanted) == found


def test_a_secret_is_redacted_before_it_is_shown_or_searched(files: LogFiles) -> None:
    assert "hunter2" not in "".join(line.text for line in files.lines(DAY))
    assert _texts(files, grep="hunter2") == []


def test_the_beginning_of_a_large_file_is_not_read(tmp_path: Path) -> None:
    many = [_line(n / 1000, event=str(n)) for n in range(20_000)]
    files = _files(tmp_path, api=many)
    assert _texts(files, start_ns=NOON + 19_998 * 10**6) == ["19998", "19999"]


def test_lines_of_one_record_are_one_line(tmp_path: Path) -> None:
    pipeline = replace(SAMPLE, multiline=Multiline(first="^[A-Z]+:"))
    _files(tmp_path, job=["ERROR: boom", "Traceback", "  x", "INFO: on", "LAST: one"])
    found = LogFiles(pipelines=(pipeline,), folders={"": tmp_path}).lines(replace(DAY, end_ns=2 * NOON))
    assert [line.text for line in found] == ["ERROR: boom\nTraceback\n  x", "INFO: on", "LAST: one"]


def test_a_field_of_another_name_and_a_time_in_seconds_are_read(tmp_path: Path) -> None:
    pipeline = replace(
        SAMPLE,
        fields={"request_id": "id"},
        timestamp_field="ts",
        timestamp_format=TimeFormat.UNIX,
        service="door",
    )
    _files(tmp_path, x=[json.dumps({"ts": NOON / NS + 0.5, "id": "r-9"})])
    [line] = LogFiles(pipelines=(pipeline,), folders={"": tmp_path}).lines(DAY)
    assert (line.time_ns, line.service, line.metadata) == (NOON + NS // 2, "door", {"request_id": "r-9"})


def test_lines_to_come_are_told_across_a_turn_over_of_the_file(tmp_path: Path) -> None:
    files = _files(tmp_path, api=[_line(1, event="one")])
    path = tmp_path / "api.log"
    steps = iter(
        [
            lambda: path.write_text(f"{path.read_text()}{_line(2, event='two')}\n" + '{"event": "unfin'),
            lambda: (path.replace(tmp_path / "api.log.1"), path.write_text(f"{_line(3, event='three')}\n")),
        ]
    )
    told = files.follow(DAY, now_ns=lambda: NOON, sleep=lambda _: next(steps)())
    assert [json.loads(next(told).text)["event"] for _ in range(3)] == ["one", "two", "three"]


def test_the_query_in_logql() -> None:
    query = replace(DAY, tenant="lumiere", level=Level.ERROR, request_id="r-1", grep='say "\\d"')
    assert (
        logql(query) == '{tenant="lumiere", level=~"error|critical"} |~ "say \\"\\\\d\\"" | request_id="r-1"'
    )
    assert logql(DAY) == '{service=~".+"}'


@pytest.mark.parametrize(
    "wanted",
    [
        {"tenant": 'a"} or {x=~".*'},
        {"service": "a b"},
        {"request_id": '"'},
        {"grep": "(?=x)"},
        {"grep": "("},
        {"end_ns": 0},
    ],
)
def test_what_is_no_name_and_no_pattern_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        replace(DAY, **wanted)


def test_times_are_given_as_ago_or_in_iso() -> None:
    assert moment_ns("15m", NOON) == NOON - 900 * NS
    assert moment_ns("2026-11-23T12:00", 0) == NOON
    assert moment_ns("2026-11-23T13:00+01:00", 0) == NOON
    with pytest.raises(UsageError, match="no time"):
        moment_ns("yesterday-ish", NOON)


def test_a_line_cannot_steer_the_terminal() -> None:
    line = LogLine(
        time_ns=NOON, tenant="t", service="s", level="info", text='{"event": "a\\u001b[2Jb", "n": "x y"}'
    )
    shown = text_of(line, coloured=False)
    assert shown == '2026-11-23 12:00:00.000 info     s t  a\\x1b[2Jb n="x y"'
    assert json_of(line)["time"] == "2026-11-23T12:00:00.000000000Z"
