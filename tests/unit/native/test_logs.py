"""Log files: their tail, their following, their turning over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl.sinks.native import logs
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.waiting import Clock


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "logs").mkdir()
    return Layout(tmp_path)


def follow(layout: Layout, *, tail: int = 0, while_asleep: Iterator[None]) -> Iterator[str]:
    """Follow a log while something happens at every pause; ends when nothing more happens."""

    def sleep(_: float) -> None:
        next(while_asleep)

    try:
        yield from logs.lines(layout, "web", tail=tail, follow=True, clock=Clock(sleep=sleep))
    except RuntimeError as error:
        assert isinstance(error.__cause__, StopIteration)


def test_the_tail_is_the_last_lines_however_long_the_file(layout: Layout) -> None:
    log = layout.log("web")
    log.write_text("".join(f"line {n} {'x' * (n % 300)}\n" for n in range(5000)))
    lines = logs.lines(layout, "web", tail=1000, follow=False, clock=Clock())
    assert list(lines) == log.read_text().splitlines()[-1000:]


@pytest.mark.parametrize(
    ("content", "tail", "expected"),
    [
        (b"", 3, []),
        (b"one\n", 3, ["one"]),
        (b"one\n\nthree\n", 2, ["", "three"]),
        (b"one\ntwo\n", 0, []),
        (b"one\nhal", 3, ["one"]),
        (b"caf\xe9\r\n", 1, ["caf\ufffd"]),
    ],
)
def test_a_tail_is_of_whole_lines(layout: Layout, content: bytes, tail: int, expected: list[str]) -> None:
    layout.log("web").write_bytes(content)
    assert logs.last_lines(layout.log("web"), tail) == expected


def test_lines_before_a_given_place_are_not_in_the_tail(layout: Layout) -> None:
    layout.log("web").write_text("old\nnew\n")
    assert logs.last_lines(layout.log("web"), 5, since=len("old\n")) == ["new"]


def test_following_gives_new_lines_once_they_are_whole(layout: Layout) -> None:
    log = layout.log("web")
    log.write_text("first\n")

    def events() -> Iterator[None]:
        with log.open("a") as file:
            for text in ("sec", "ond\nthird\nfo", "urth\n"):
                file.write(text)
                file.flush()
                yield

    assert list(follow(layout, tail=1, while_asleep=events())) == ["first", "second", "third", "fourth"]


def test_following_survives_a_turned_over_and_an_emptied_file(layout: Layout) -> None:
    log = layout.log("web")
    log.write_text("first\n")

    def events() -> Iterator[None]:
        with log.open("a") as file:
            file.write("last of the old\n")
        log.rename(log.with_name("web.log.1"))
        yield
        log.write_text("first of the new\n")
        yield
        log.write_text("emptied\n")
        yield

    assert list(follow(layout, while_asleep=events())) == ["last of the old", "first of the new", "emptied"]


def test_a_large_log_is_set_aside_at_the_next_start(layout: Layout) -> None:
    log = layout.log("web")
    log.write_bytes(b"x" * 10_000_001)
    with logs.open_log(log) as file:
        file.write(b"new\n")
    assert log.read_text() == "new\n"
    assert log.with_name("web.log.1").stat().st_size == 10_000_001
    with logs.open_log(log) as file:
        file.write(b"newer\n")
    assert log.read_text() == "new\nnewer\n"
