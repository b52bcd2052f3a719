"""A fault is the failing minutes that reach into its alert, and those before them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.tenancy import Tenant, Vertical
from platformctl.sla.exclusion import Selected
from platformctl.sla.fault import Established, explained, recorded, undetected
from platformctl.sla.recurrence import Recurring
from platformctl.sla.report import Basis, Incident
from platformctl.sla.timeline import Interval, minute_at

NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)


def span(start: int, end: int) -> Interval:
    """Minutes before or after noon."""
    return Interval(start=NOON + timedelta(minutes=start), end=NOON + timedelta(minutes=end))


def minutes(*spans: tuple[int, int]) -> frozenset[int]:
    return frozenset(minute for start, end in spans for minute in span(start, end).ends)


ALERT = Incident(alert="Burn", tenant="inn", slo="availability", when=span(0, 20))


@pytest.mark.parametrize(
    ("failing", "fault"),
    [
        (((-10, 15),), (-10, 15)),
        (((-10, -3), (1, 15)), (-10, 15)),  # a pause of four minutes is a part of it
        (((-10, -5), (1, 15)), (1, 15)),  # one of six is not, and before the alert is another fault
        (((-10, 5), (12, 15)), (-10, 15)),  # two that both reach into the alert: from the first to the last
        (((-30, -20),), None),  # over long before the alert
        ((), None),
    ],
)
def test_the_fault_behind_an_alert(
    failing: tuple[tuple[int, int], ...], fault: tuple[int, int] | None
) -> None:
    assert recorded(ALERT.when, minutes(*failing)) == (span(*fault) if fault else None)


def test_without_failing_minutes_an_incident_stays_alert_based() -> None:
    found = explained(ALERT, frozenset(), ())
    assert (found.basis, found.fault, found.minutes_to_detect, found.minutes_to_repair) == (
        Basis.ALERT,
        None,
        None,
        None,
    )


def test_an_incident_cut_at_the_border_has_no_times() -> None:
    cut = Incident(alert="Burn", when=span(0, 20), cut=True)
    found = explained(cut, minutes((-5, 10)), ())
    assert (found.fault, found.minutes_to_detect, found.minutes_to_repair) == (span(-5, 10), None, None)


def test_an_alert_that_fired_before_the_established_fault_detected_it_at_once() -> None:
    truth = Established(id="x", when=span(5, 15), cause="Pool", whom=Selected())
    found = explained(ALERT, minutes((-5, 10)), (truth,))
    assert (found.basis, found.cause, found.minutes_to_detect, found.minutes_to_repair) == (
        Basis.ESTABLISHED, "Pool", 0, 10,
    )  # fmt: skip


def recurring(**changed: object) -> Recurring:
    given = {
        "id": "night", "rule": "FREQ=WEEKLY;BYDAY=SA", "since": date(2026, 1, 1),
        "opens": time(23), "closes": time(1),
        "zone": "Europe/Berlin", "reason": "agreed", "whom": Selected(),
    }  # fmt: skip
    return Recurring(**given | changed)


def october(day: int, hour: int) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    (found,) = recurring().within(Interval(start=october(19, 0), end=october(26, 0)))
    assert (found.when.start, found.when.end) == (october(24, 21), october(24, 23))


def test_a_window_is_by_the_wall_clock_in_summer_and_winter() -> None:
    whole = Interval(start=october(1, 0), end=datetime(2026, 11, 10, tzinfo=UTC))
    nights = {w.when.start.hour for w in recurring().within(whole)}
    assert nights == {21, 22}


def test_a_day_that_was_left_out_and_one_before_it_was_agreed_have_no_window() -> None:
    left_out = frozenset({date(2026, 10, 24)})
    week = Interval(start=october(19, 0), end=october(26, 0))
    assert list(recurring(not_on=left_out).within(week)) == []
    assert list(recurring(since=date(2026, 11, 1)).within(week)) == []


def test_a_window_that_summer_time_leaves_no_time_for_does_not_take_place() -> None:
    """On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00."""
    gone = recurring(
        rule="FREQ=DAILY",
        opens=time(2, 30),
        closes=time(3, 10),
    )
    day = Interval(start=datetime(2026, 3, 28, 23, tzinfo=UTC), end=datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert list(gone.within(day)) == []


@pytest.mark.parametrize("rule", ["FREQ=SOMETIMES", "WEEKLY", "FREQ=WEEKLY;BYDAY=XX"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(DefinitionError, match="is no recurrence rule"):
        recurring(rule=rule)
    with pytest.raises(DefinitionError, match="not a time zone"):
        recurring(zone="Europe/Atlantis")


def test_the_minutes_of_a_span_are_those_that_end_in_it() -> None:
    assert min(minutes((0, 1))) == minute_at(NOON) + 1


INN, SPA = (Tenant(id=i, name=i.title(), vertical=Vertical.HOTELS, tier="gold") for i in ("inn", "spa"))


def test_a_fault_that_no_alert_told_of_is_an_incident_without_a_time_to_detect() -> None:
    fault = Established(id="a", when=span(0, 30), cause="Pool", whom=Selected(tenants=frozenset({"inn"})))
    (found,) = undetected([], [fault], [INN, SPA], span(-100, 100))
    assert (found.alert, found.tenant, found.cut, found.basis) == ("", "inn", False, Basis.ESTABLISHED)
    assert (found.minutes_to_detect, found.minutes_to_repair) == (None, 30)
    assert list(undetected([], [fault], [SPA], span(-100, 100))) == []
    assert list(undetected([], [fault], [INN], span(30, 100))) == []
    (cut,) = undetected([], [fault], [INN], span(10, 100))
    assert (cut.when, cut.cut, cut.minutes_to_repair) == (span(10, 30), True, None)


def test_a_fault_that_an_alert_told_of_is_told_once() -> None:
    fault = Established(id="a", when=span(-5, 30), cause="Pool", whom=Selected())
    told = explained(ALERT, frozenset(), [fault])
    assert list(undetected([told], [fault], [INN, SPA], span(-100, 100))) == []
