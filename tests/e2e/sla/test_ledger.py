"""What the ledger keeps: a closed period is stated once, and what changes later is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from other_servers import answering
from reports import Reports

pytestmark = pytest.mark.e2e


def test_a_closed_period_is_stated_once_and_outlives_the_history(reports: Reports, tmp_path: Path) -> None:
    assert "statement 1, seal " in reports.run("--close").stderr
    assert "states the same" in reports.run("--close").stderr
    assert len(ledger_of(tmp_path).read_text().splitlines()) == 1
    with answering([]) as url:
        asked = ("--prometheus", url, "--period", "2026-W43", "--zone", "Europe/Berlin", "--tenant", "faulty")
        told = reports.ask(*asked, "--out", str(tmp_path / "out"))
    assert told.code == 0, told.stderr
    assert "99.7034 %" in told.stdout
    assert "From the ledger" in told.stdout
    assert "steady" not in told.stdout
    page = (tmp_path / "out" / "sla-2026-W43-faulty.html").read_text()
    assert ("99.7034 %" in page, "Faulty Towers" in page) == (True, True)


def ledger_of(folder: Path) -> Path:
    return folder / ".platformctl" / "sla" / "Europe-Berlin" / "2026-W43.jsonl"


def test_a_later_correction_is_a_visible_restatement(reports: Reports, tmp_path: Path) -> None:
    reports.run("--close")
    forgive_the_fault(reports)
    refused = reports.run("--close")
    assert refused.code == 1
    assert "faulty was 99.7034 % of 99.9 %" in refused.stderr
    unchanged = reports.run(
        "--json", "--tenant", "faulty"
    ).json  # what was stated stands until it is restated
    assert unchanged["statements"][0]["availability"]["counts"]["percent"] == "99.7034"
    assert "the history says 100.0000 %" in unchanged["quality"]["notes"][0]
    assert "which was not entered" in unchanged["quality"]["notes"][0]
    assert "statement 2" in reports.run("--close", "--restate", "A cause was agreed on").stderr
    mine = reports.run("--tenant", "faulty").stdout
    assert "restatement 2: A cause was agreed on" in mine
    assert "was 99.7034 %" in mine
    assert "restatement" not in reports.run("--tenant", "steady").stdout


def forgive_the_fault(reports: Reports) -> None:
    reports.workspace.edit("slas/maintenance.yml", "tenants: [upgraded]", "tenants: [upgraded, faulty]")
    reports.workspace.edit("slas/maintenance.yml", "2026-10-25T02:00+02:00", "2026-10-21T10:00+02:00")


def test_a_reader_can_hold_a_report_against_the_ledger(reports: Reports, tmp_path: Path) -> None:
    reports.run("--close")
    told = reports.run("--json", "--tenant", "faulty").json["stated"]
    assert told["number"] == 1
    assert told["seal"] in reports.run("--tenant", "steady").stdout
    found = reports.ask("verify", told["seal"][:12])
    assert (found.code, "1 statements are as they were entered" in found.stderr) == (0, True)
    assert "no statement has the seal" in reports.ask("verify", "0123456789ab").stderr
    file = ledger_of(tmp_path)
    file.write_text(file.read_text().replace('"bad":3000', '"bad":2999', 1))
    for ran in (reports.run(), reports.ask("verify")):
        assert (ran.code, "statement 1 was changed after it was entered" in ran.stderr) == (1, True)


RECORDED = {"total": 144_000, "bad": 3000, "forgiven": 0, "percent": "97.9166"}
FORGIVEN = {"total": 144_000, "bad": 3000, "forgiven": 3000, "percent": "100.0000"}


def wednesday(reports: Reports) -> object:
    """What Thursday's report tells of the day before."""
    (one,) = reports.run("--json", "--tenant", "faulty", period="2026-10-22").json["statements"]
    return one["past"][0]["requests"]


def test_an_earlier_period_is_told_as_its_own_report_told_it(reports: Reports) -> None:
    """Thursday's report tells of Wednesday: less what Wednesday excludes, and once it is closed, as it was stated."""

    assert wednesday(reports) == RECORDED
    reports.run("--close", period="2026-10-21")
    forgive_the_fault(reports)
    assert wednesday(reports) == RECORDED
    reports.run("--close", "--restate", "agreed", period="2026-10-21")
    assert wednesday(reports) == FORGIVEN


def test_an_earlier_period_that_nobody_closed_is_told_less_what_it_excludes(reports: Reports) -> None:
    forgive_the_fault(reports)
    assert wednesday(reports) == FORGIVEN
