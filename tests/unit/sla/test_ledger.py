"""What was stated stays stated: entries survive the way to disk, and a changed line is noticed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.sinks.sla_ledger import Ledger, LedgerAltered
from platformctl.sla import codec
from platformctl.sla.counts import Counts
from platformctl.sla.ledger import Entry, corrections, recalled, restated
from platformctl.sla.period import week
from platformctl.sla.queries import Query
from platformctl.sla.report import (
    Detail,
    Hour,
    Incident,
    Past,
    Promise,
    Quality,
    Report,
    Statement,
    StatusClass,
)
from platformctl.sla.timeline import Interval

START = datetime(2026, 10, 18, 22, 0, tzinfo=UTC)
HOUR = Interval(start=START, end=START + timedelta(hours=1))
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


def test_statements_are_only_added(tmp_path: Path) -> None:
    ledger, first, second = Ledger(tmp_path), report(statement("inn")), report(statement("inn", bad=2))
    ledger.add(first, reason="", at=AT)
    before = next(tmp_path.rglob("*.jsonl")).read_bytes()
    ledger.add(second, reason="agreed", at=AT)
    assert next(tmp_path.rglob("*.jsonl")).read_bytes().startswith(before)
    assert ledger.entries(first.period) == (
        Entry(number=1, recorded_at=AT, reason="", report=first),
        Entry(number=2, recorded_at=AT, reason="agreed", report=second),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"bad":3', '"bad":2'),
        ('"reason":""', '"reason":"x"'),
        ("2026-10-27", "2026-10-26"),
        ('{"number":1', ""),
    ],
)
def test_a_changed_line_is_noticed(tmp_path: Path, before: str, after: str) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(report(statement("inn")), reason="", at=AT)
    ledger.add(report(statement("inn", bad=2)), reason="agreed", at=AT)
    path = next(tmp_path.rglob("*.jsonl"))
    first, second = path.read_text().splitlines()
    assert before in first
    path.write_text(f"{first.replace(before, after)}\n{second}\n")
    with pytest.raises(LedgerAltered, match="the ledger was altered"):
        ledger.entries(report().period)


def test_the_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    Ledger(tmp_path).add(report(statement("inn")), reason="", at=AT)
    assert next(tmp_path.rglob("*.jsonl")).stat().st_mode & 0o077 == 0


def entries(*reports: Report) -> tuple[Entry, ...]:
    return tuple(
        Entry(number=n, recorded_at=AT, reason="agreed" if n > 1 else "", report=one)
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


def test_a_difference_to_the_ledger_is_never_silent() -> None:
    told = restated(report(statement("inn", bad=5)), entries(report(statement("inn"))))
    assert any("the ledger states 99.7997 %" in note for note in told.quality.notes)
    same = report(statement("inn"))
    assert restated(same, entries(same)) == same


def test_a_tenant_reads_of_its_own_corrections_only() -> None:
    stated = entries(
        report(statement("inn"), statement("spa")),
        report(statement("inn", bad=2), statement("spa")),
        report(statement("inn", bad=2), statement("spa", bad=9)),
    )
    mine = replace(report(statement("inn", bad=2)), scope="tenant inn")
    assert [r.number for r in restated(mine, stated).restatements] == [2]
    told = recalled(stated, scope="tenant spa", tenants=frozenset({"spa"}))
    assert [s.tenant for s in told.statements] == ["spa"]
    assert [r.number for r in told.restatements] == [3]
    assert [i.alert for i in told.incidents] == ["Down"]
    assert "inn" not in str(told.restatements)
