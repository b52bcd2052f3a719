"""Windows of an export cover its span once, however they are shortened and wherever it is taken up again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.sla.extract import Extract, Part, Window, resume_at

STEPS = st.one_of(st.none(), st.sampled_from([1_000, 15_000, 60_000, 3_600_000]))


def extract(start: int, length: int, step: int | None) -> Extract:
    span = Window(start_ms=start, end_ms=start + length)
    return Extract(url="", organisation="", selectors=("up",), span=span, step_ms=step, columns=())


@given(st.integers(0, 2**41), st.integers(1, 10**9), STEPS, st.randoms(use_true_random=False))
def test_every_instant_is_read_once(start: int, length: int, step: int | None, chance: random.Random) -> None:
    made = extract(start, length, step)
    parts: list[Part] = []
    size = made.first_length_ms()
    while (reached := resume_at(tuple(parts), 0, made.span)) < made.span.end_ms and len(parts) < 50:
        if chance.random() < 0.3:
            size = made.shorter(size) or size
        window = made.window(reached, size)
        assert window.start_ms == reached < window.end_ms <= made.span.end_ms
        if step:
            assert (window.start_ms - start) % step == 0
            last = made.last_step_ms(window)
            assert last < window.end_ms <= last + step
        parts.append(Part(selector=0, start_ms=window.start_ms, end_ms=window.end_ms, rows=1))


@given(STEPS)
def test_a_question_can_be_made_smaller_only_so_often(step: int | None) -> None:
    made = extract(0, 10**9, step)
    size: int | None = made.first_length_ms()
    for _ in range(64):
        size = made.shorter(size) if size else None
    assert size is None


def test_the_name_of_a_piece_says_what_it_holds() -> None:
    part = Part(selector=3, start_ms=1_000, end_ms=2_000, rows=42)
    assert Part.parse(part.name) == part
    assert [Part.parse(name) for name in ("draft", "joined", "1-2-3.part", "a-b-c-d.part", "lock")] == [
        None
    ] * 5


def test_pieces_sort_as_they_follow_each_other() -> None:
    late = Part(selector=0, start_ms=1_700_000_000_000, end_ms=1_700_000_000_001, rows=1)
    early = Part(selector=0, start_ms=999_999_999_999, end_ms=1_700_000_000_000, rows=1)
    assert early.name < late.name


def test_a_piece_that_was_removed_is_missed() -> None:
    span = Window(start_ms=0, end_ms=30)
    pieces = tuple(Part(selector=0, start_ms=n, end_ms=n + 10, rows=0) for n in (0, 20))
    with pytest.raises(ValueError, match="from 10 on"):
        resume_at(pieces, 0, span)
