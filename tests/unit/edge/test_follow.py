"""Each line is read once, whatever happens to the file and to the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_telemetry.edge.follow import Follower, Position

Follow = Callable[..., Follower]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
def follow(log: Path) -> Iterator[Follow]:
    """Makes followers of the log, and closes them."""
    with ExitStack() as stack:
        yield lambda position=None: stack.enter_context(Follower(log, position))


def write(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def rotate(log: Path, number: int) -> None:
    log.rename(log.with_name(f"access-{number:04}.log"))


def drain(follower: Follower) -> list[str]:
    found: list[str] = []
    while lines := follower.read():
        found += [line.decode() for line in lines]
    return found


def test_it_waits_for_the_file_and_for_the_end_of_a_line(log: Path, follow: Follow) -> None:
    follower = follow()
    assert drain(follower) == []
    write(log, "one\ntw")
    assert drain(follower) == ["one"]
    write(log, "o\n")
    assert drain(follower) == ["two"]


def test_rotation_loses_and_doubles_nothing(log: Path, follow: Follow) -> None:
    follower = follow()
    write(log, "1\n")
    assert drain(follower) == ["1"]
    write(log, "2\n")
    rotate(log, 1)
    write(log, "3\n")
    rotate(log, 2)
    write(log, "4\n")
    assert drain(follower) == ["2", "3", "4"]
    assert follower.gaps == 0


def test_a_reader_that_comes_back_goes_on_where_it_was_in_a_file_that_was_rotated(
    log: Path, follow: Follow
) -> None:
    write(log, "1\n2")
    first = follow()
    assert drain(first) == ["1"]
    position = first.position()
    first.close()
    write(log, "\n3\n")
    rotate(log, 1)
    write(log, "4\n")
    second = follow(position)
    assert second.unread_bytes() == 6
    assert drain(second) == ["2", "3", "4"]
    assert (second.gaps, second.unread_bytes()) == (0, 0)


def test_a_file_that_is_gone_is_a_gap_and_reading_goes_on_with_what_came_after_it(
    log: Path, follow: Follow
) -> None:
    write(log, "1\n")
    first = follow()
    assert drain(first) == ["1"]
    position = first.position()
    first.close()
    log.unlink()
    write(log, "lost with its file\n")
    rotate(log, 1)
    (log.parent / "access-0001.log").unlink()
    write(log, "2\n")
    second = follow(position)
    assert drain(second) == ["2"]
    assert second.gaps == 1


def test_after_a_gap_older_files_are_not_read_again(log: Path, follow: Follow) -> None:
    write(log, "1\n")
    rotate(log, 1)
    write(log, "2\n")
    first = follow()
    assert drain(first) == ["1", "2"]
    position = first.position()
    log.unlink()
    second = follow(position)
    assert drain(second) == []
    write(log, "3\n")
    assert drain(second) == ["3"]
    assert second.gaps == 1


def test_an_inode_that_was_used_again_is_another_file(log: Path, follow: Follow) -> None:
    write(log, "1\n2\n")
    status = log.stat()
    elsewhere = Position(status.st_ino, 2, "another head", status.st_mtime_ns - 1)
    follower = follow(elsewhere)
    assert drain(follower) == ["1", "2"]
    assert follower.gaps == 1


def test_a_file_that_was_cut_is_read_from_its_beginning(log: Path, follow: Follow) -> None:
    follower = follow()
    write(log, "1\n2\n")
    assert drain(follower) == ["1", "2"]
    log.write_text("3\n")
    assert drain(follower) == ["3"]
    assert follower.gaps == 1


def test_a_line_that_nobody_will_finish_is_handed_out_as_it_is(log: Path, follow: Follow) -> None:
    follower = follow()
    write(log, "1\nbro")
    assert drain(follower) == ["1"]
    rotate(log, 1)
    write(log, "2\n")
    assert drain(follower) == ["bro", "2"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["line", "half", "rotate", "read", "restart"]), max_size=40))
def test_any_order_of_events_hands_out_each_line_once(
    tmp_path_factory: pytest.TempPathFactory, events: list[str]
) -> None:
    log = tmp_path_factory.mktemp("log") / "access.log"
    follower = Follower(log)
    written, found, number, open_line = [], [], 0, False
    for event in events:
        match event:
            case "line" | "half":
                if not open_line:
                    number += 1
                    written.append(str(number))
                    write(log, str(number))
                open_line = event == "half"
                if not open_line:
                    write(log, "\n")
            case "rotate" if log.exists() and not open_line:
                number += 1
                rotate(log, number)
            case "read":
                found += drain(follower)
            case "restart":
                position = follower.position()
                follower.close()
                follower = Follower(log, position)
    if open_line:
        write(log, "\n")
    found += drain(follower)
    follower.close()
    assert found == written
    assert follower.gaps == 0
