"""Whatever happened between an event and its count, the true figure lies between the two that are told."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from platformctl.sla import wording
from platformctl.sla.counts import Counts
from platformctl.sla.report import Borders, Promise

SCRAPED_EVERY, EVALUATED_EVERY = 15, 60
START, END = 600, 1200  # seconds; the period whose true figure is known
WINDOW_START, WINDOW_END = 780, 960  # excluded time within it
EVENTS = st.lists(st.tuples(st.integers(300, 1500), st.booleans()), max_size=80)


def seen(events: list[tuple[int, bool]], at: int, phase: int) -> Counts:
    """What a rule sees of a counter at an instant: its value at the last scrape."""
    scrape = (at - phase) // SCRAPED_EVERY * SCRAPED_EVERY + phase
    shown = [bad for when, bad in events if when <= scrape]
    return Counts(total=len(shown), bad=sum(shown))


def recorded(events: list[tuple[int, bool]], phase: int, second: int) -> dict[int, Counts]:
    """By minute (its end), the increment that the rule records some seconds into the next one."""
    found = {}
    for minute in range(0, 1800, EVALUATED_EVERY):
        now, before = (seen(events, minute + second - ago, phase) for ago in (0, EVALUATED_EVERY))
        found[minute] = Counts(total=now.total - before.total, bad=now.bad - before.bad)
    return found


def summed(counts: dict[int, Counts], start: int, end: int) -> Counts:
    total = Counts(total=0, bad=0)
    for minute, one in counts.items():
        if start < minute <= end:
            total += one
    return total


def true(events: list[tuple[int, bool]], *, excused: bool) -> Fraction | None:
    """Good over counted events by the instants at which they happened."""
    inside = [(when, bad) for when, bad in events if START < when <= END]
    good = sum(not bad for _, bad in inside)
    failed = sum(bad and not (excused and WINDOW_START < when <= WINDOW_END) for when, bad in inside)
    return Fraction(good, good + failed) if good + failed else None


# Each of these happened on the other side of a border from where it was counted (scrapes at second 7 of 15).
@example(events=[(599, False), (900, True)], phase=7, second=0, excused=False)
@example(events=[(1199, True), (900, False)], phase=7, second=0, excused=False)
@example(events=[(779, True), (900, False)], phase=7, second=0, excused=True)
@example(events=[(959, True), (1100, False)], phase=7, second=0, excused=True)
@given(EVENTS, st.integers(0, 14), st.integers(0, 59), st.booleans())
def test_the_true_availability_lies_between_the_least_and_the_most(
    events: list[tuple[int, bool]], phase: int, second: int, excused: bool
) -> None:
    minutes = recorded(events, phase, second)
    whole, window = summed(minutes, START, END), summed(minutes, WINDOW_START, WINDOW_END)

    def beside(start: int, end: int) -> tuple[Counts, Counts]:
        return minutes[start + 60] + minutes[end], minutes[start] + minutes[end + 60]

    (inside, outside), (forgiven, unforgiven) = beside(START, END), beside(WINDOW_START, WINDOW_END)
    promise = Promise(
        target=None,
        counts=Counts(total=whole.total, bad=whole.bad, forgiven=window.bad if excused else 0),
        borders=Borders(
            inside=inside,
            outside=outside,
            forgiven=forgiven.bad if excused else 0,
            unforgiven=unforgiven.bad if excused else 0,
        ),
    )
    truth = true(events, excused=excused)
    if promise.between is not None and truth is not None:
        least, most = promise.between
        assert least <= truth <= most
        assert least <= promise.counts.ratio <= most


def test_the_least_and_the_most_are_rounded_away_from_each_other() -> None:
    assert wording.between(Fraction(2, 3), Fraction(2, 3)) == "66.6666 to 66.6667 %"
    assert wording.between(Fraction(0), Fraction(1)) == "0.0000 to 100.0000 %"
