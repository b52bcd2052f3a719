"""What was stated stays stated: entries survive the way to disk, and a changed line is noticed."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.sinks.sla_ledger import Ledger, LedgerAltered, Overtaken
from platformctl.sla import codec
from platformctl.sla.counts import Counts
from platformctl.sla.ledger import Entry, corrections, held, recalled
from platformctl.sla.percentile import Bucket
from platformctl.sla.period import week
from platformctl.sla.queries import Query
from platformctl.sla.report import (
    Basis,
    Detail,
    Hour,
    Incident,
    Past,
    Promise,
    Quality,
    Report,
    Stated,
    Statement,
    StatusClass,
    Throttled,
)
from platformctl.sla.timeline import Interval

START = datetime(2026, 10, 18, 22, 0, tzinfo=UTC)
HOUR = Interval(start=START, end=START + timedelta(hours=1))
WEEK = "Europe-Berlin/2026-W43.jsonl"
BEFORE = week(date(2026, 10, 13), "Europe/Berlin")
AT = datetime(2026, 10, 27, 9, 30, tzinfo=UTC)


def statement(tenant: str, *, bad: int = 3, credit: Decimal | None = None) -> Statement:
    return Statement(
        tenant=tenant,
        name=f"The {tenant}",
        tier="gold",
        vertical="hotels",
        known=True,
        availability=Promise(target=Decimal("0.9990"), counts=Counts(total=1000, bad=bad, forgiven=1)),
        latency=Promise(target=None, counts=Counts(total=1000, bad=0)),
        minutes=Counts(total=60, bad=1),
        classes=(StatusClass(name="2xx", count=997),),
        credit=credit,
        past=(Past(name="2026-W42", requests=None), Past(name="2026-W41", requests=Counts(total=1, bad=0))),
        detail=Detail(
            hours=(Hour(start=START, requests=Counts(total=1000, bad=3)),), down=(HOUR,), incidents=()
        ),
    )


def report(*statements: Statement) -> Report:
    return Report(
        period=week(date(2026, 10, 20), "Europe/Berlin"),
        until=datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
        scope="all tenants",
        statements=statements,
        quality=Quality(gaps=(HOUR,), outages=(), notes=("a note",)),
        incidents=(
            Incident(alert="Burn", when=HOUR, tenant="inn", cut=True),
            Incident(alert="Down", when=HOUR),
        ),
        queries=(
            Query(figure="f", definition="d", text="up", at=AT, start=START, step=timedelta(minutes=1)),
        ),
    )


@given(st.integers(1, 999), st.none() | st.decimals(0, 100, places=2))
def test_a_report_survives_the_way_to_json_and_back(bad: int, credit: Decimal | None) -> None:
    made = report(statement("inn", bad=bad, credit=credit))
    assert codec.from_json(codec.to_json(made)) == made


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="a report of format 2"):
        codec.from_json(codec.to_json(report()) | {"format": 2})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """With two statements on one period, and one on the week before."""
    found = Ledger(tmp_path)
    found.add(report(statement("inn")), reason="", at=AT, after=0)
    found.add(report(statement("inn", bad=2)), reason="agreed", at=AT, after=1)
    found.add(replace(report(statement("inn")), period=BEFORE), reason="", at=AT, after=0)
    return Ledger(tmp_path)


def lines_of(folder: Path, name: str) -> list[str]:
    return (folder / "sla" / name).read_text().splitlines()


def write(folder: Path, name: str, lines: list[str]) -> None:
    (folder / "sla" / name).write_text("".join(f"{line}\n" for line in lines))


def test_statements_are_only_added(tmp_path: Path, ledger: Ledger) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    third = report(statement("inn", bad=1))
    ledger.add(third, reason="again", at=AT, after=2)
    assert {path for path in before if not path.read_bytes().startswith(before[path])} == set()
    assert [(e.number, e.recorded_at, e.reason, e.report) for e in ledger.entries(third.period)] == [
        (1, AT, "", report(statement("inn"))),
        (2, AT, "agreed", report(statement("inn", bad=2))),
        (3, AT, "again", third),
    ]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("before", "after"),
    [('"bad":', '"bad":0'), ('"reason":"', '"reason":"x'), ("2026-10-27", "2026-10-26"), ('{"number":', "")],
)
def test_a_changed_statement_is_noticed_be_it_the_last(
    tmp_path: Path, ledger: Ledger, number: int, before: str, after: str
) -> None:
    lines = lines_of(tmp_path, WEEK)
    lines[number] = lines[number].replace(before, after, 1)
    write(tmp_path, WEEK, lines)
    with pytest.raises(LedgerAltered, match="the ledger was altered"):
        ledger.entries(report().period)
    with pytest.raises(LedgerAltered):
        ledger.verify()


def test_a_statement_that_was_taken_out_is_noticed(tmp_path: Path, ledger: Ledger) -> None:
    write(tmp_path, WEEK, lines_of(tmp_path, WEEK)[:1])
    with pytest.raises(LedgerAltered, match="2 statements were entered, 1 are there"):
        ledger.entries(report().period)


def test_a_period_that_was_taken_out_is_noticed(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "sla" / WEEK).unlink()
    with pytest.raises(LedgerAltered, match="2 statements were entered, 0 are there"):
        ledger.entries(report().period)


def test_a_statement_that_was_slipped_in_counts_for_nothing(tmp_path: Path, ledger: Ledger) -> None:
    lines = lines_of(tmp_path, WEEK)
    write(tmp_path, WEEK, [*lines, lines[0]])
    assert [e.number for e in ledger.entries(report().period)] == [1, 2]


@pytest.mark.parametrize("keep", [slice(1, None), slice(0, 0)], ids=["first line out", "all lines out"])
def test_a_register_that_was_cut_is_noticed(tmp_path: Path, ledger: Ledger, keep: slice) -> None:
    write(tmp_path, "register.jsonl", lines_of(tmp_path, "register.jsonl")[keep])
    with pytest.raises(LedgerAltered):
        ledger.entries(report().period)


def test_a_statement_that_was_changed_together_with_its_seal_is_noticed(
    tmp_path: Path, ledger: Ledger
) -> None:
    lines, register = lines_of(tmp_path, WEEK), lines_of(tmp_path, "register.jsonl")
    lines[0] = lines[0].replace('"bad":3', '"bad":2', 1)
    seal = hashlib.sha256(lines[0].encode()).hexdigest()
    write(tmp_path, WEEK, lines)
    write(tmp_path, "register.jsonl", [json.dumps(json.loads(register[0]) | {"seal": seal}), *register[1:]])
    with pytest.raises(LedgerAltered, match="the line before it is another"):
        ledger.entries(report().period)


def test_a_register_that_is_gone_is_noticed(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "sla" / "register.jsonl").unlink()
    with pytest.raises(LedgerAltered, match="it is gone"):
        ledger.entries(report().period)


@pytest.mark.usefixtures("ledger")
def test_what_an_interruption_left_was_never_entered(tmp_path: Path) -> None:
    """Once half a line, once a whole one that was not yet in the register."""
    for left in ('{"number":3,"reas', lines_of(tmp_path, WEEK)[0] + "\n"):
        with (tmp_path / "sla" / WEEK).open("a") as file:
            file.write(left)
        later = Ledger(tmp_path)
        assert len(later.entries(report().period)) == 2
        assert later.add(report(statement("inn")), reason="again", at=AT, after=2).number == 3
        write(tmp_path, WEEK, lines_of(tmp_path, WEEK)[:2])
        write(tmp_path, "register.jsonl", lines_of(tmp_path, "register.jsonl")[:3])


def test_of_two_who_enter_at_once_one_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Overtaken, match="another statement was entered meanwhile"):
        ledger.add(report(statement("inn")), reason="again", at=AT, after=1)


def test_earlier_figures_come_from_the_last_statement(ledger: Ledger) -> None:
    assert ledger.availability(report().period) == {"inn": Counts(total=1000, bad=2, forgiven=1)}
    assert ledger.availability(week(date(2026, 10, 5), "Europe/Berlin")) is None


def test_the_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    Ledger(tmp_path).add(report(statement("inn")), reason="", at=AT, after=0)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*.jsonl")} == {0}


def entries(*reports: Report) -> tuple[Entry, ...]:
    return tuple(
        Entry(number=n, recorded_at=AT, reason="agreed" if n > 1 else "", report=one, seal="5ea1")
        for n, one in enumerate(reports, 1)
    )


def test_a_correction_names_both_figures() -> None:
    (found,) = corrections(
        report(statement("inn"), statement("spa")), report(statement("inn", bad=1), statement("spa"))
    )
    assert found.tenant == "inn"
    assert "99.7997 % of 99.9 % (2 of 999 requests failed)" in found.was
    assert "100.0000 % of 99.9 % (0 of 999 requests failed)" not in found.was
    assert "(0 of 999 requests failed)" in found.now


@pytest.mark.parametrize(
    ("change", "was"),
    [
        ({"latency": Promise(target=Decimal("0.9"), counts=Counts(total=1000, bad=0))}, "of - within"),
        ({"throttled": Throttled(count=4, ours=True)}, "not stated"),
        ({"classes": (StatusClass(name="2xx", count=998),)}, "2xx: 997"),
        ({"buckets": (Bucket(bound=Decimal("0.1"), count=1000),)}, "not stated"),
        ({"minutes": Counts(total=60, bad=2, forgiven=1)}, "1 of 60 minutes down"),
        ({"credit": Decimal(10)}, "credit -"),
        ({"known": False}, "99.7997 %"),
    ],
)
def test_whatever_figure_changes_is_a_correction(change: dict[str, object], was: str) -> None:
    stated = statement("inn")
    (found,) = corrections(report(stated), report(replace(stated, **change)))
    assert was in found.was
    assert found.was != found.now


def test_a_cause_that_is_agreed_on_later_is_a_correction() -> None:
    before = report(statement("inn"))
    fault = Interval(start=START - timedelta(minutes=5), end=HOUR.end)
    first, second = before.incidents
    known = replace(before, incidents=(first.of_fault(HOUR, Basis.RECORDED, ""), second))
    after = replace(before, incidents=(first.of_fault(fault, Basis.ESTABLISHED, "Pool"), second))
    (found,) = corrections(known, after)
    assert (found.tenant, "Pool" in found.now, "recorded failures" in found.was) == ("inn", True, True)
    assert corrections(before, after) == ()  # the one did not look for faults


def test_a_tenant_that_is_left_out_of_a_restatement_is_told_of() -> None:
    (gone,) = corrections(report(statement("inn"), statement("spa")), report(statement("inn")))
    assert (gone.tenant, gone.now) == ("spa", "not stated")


def test_of_a_closed_period_the_stated_figures_are_told() -> None:
    told = held(report(statement("inn", bad=5)), entries(report(statement("inn"))))
    assert told.statements[0].availability.counts.bad == 3
    assert told.quality.notes == (
        "inn: stated 99.7997 % of 99.9 % (2 of 999 requests failed); "
        "the history says 99.5995 % of 99.9 % (4 of 999 requests failed), which was not entered.",
    )
    same = report(statement("inn"))
    assert held(same, entries(same)) == replace(same, stated=Stated(number=1, at=AT, seal="5ea1"))


def test_a_tenant_reads_of_its_own_corrections_only() -> None:
    stated = entries(
        report(statement("inn"), statement("spa")),
        report(statement("inn", bad=2), statement("spa")),
        report(statement("inn", bad=2), statement("spa", bad=9)),
    )
    mine = replace(report(statement("inn", bad=2)), scope="tenant inn")
    assert [r.number for r in held(mine, stated).restatements] == [2]
    told = recalled(stated, scope="tenant spa", tenants=frozenset({"spa"}), own=True)
    assert [s.tenant for s in told.statements] == ["spa"]
    assert [r.number for r in told.restatements] == [3]
    assert [i.alert for i in told.incidents] == ["Down"]
    assert "inn" not in str(told.restatements)
