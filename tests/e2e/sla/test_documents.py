"""What a tenant gets to read, and what is refused."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from other_servers import HEARD, NOW, answering, guarding
from reports import Reports
from support.in_process import run_here
from support.schemas import SCHEMAS, valid

pytestmark = pytest.mark.e2e

OTHERS = ("faulty", "noisy", "stranger", "steady", "Absent Inn", "Late Comers", "Quiet Quarters", "Slow Food")


def test_a_tenants_documents_hold_no_other_tenants_name_or_figure(reports: Reports, tmp_path: Path) -> None:
    ran = reports.run("--tenant", "upgraded", "--out", str(tmp_path / "out"))
    assert ran.code == 0, ran.stderr
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(Path(name).suffix for name in texts) == [".csv", ".html", ".json", ".md"]
    for name, text in {**texts, "terminal": ran.stdout}.items():
        found = [other for other in OTHERS if other in text]
        assert found == [], name
        assert "13,000" in text or "13000" in text, name


def test_documents_are_each_tenants_own_report_and_no_more(reports: Reports, tmp_path: Path) -> None:
    """The same bytes as --tenant gives; of no tenant does another one's document hold a name."""
    out = tmp_path / "out"
    ran = reports.run("--documents", "--xlsx", "--out", str(out))
    assert "wrote the documents of 8 tenants" in ran.stderr
    alone = reports.run("--tenant", "upgraded", "--xlsx", "--out", str(tmp_path / "alone"))
    assert alone.code == 0, alone.stderr
    for path in (tmp_path / "alone").iterdir():
        assert path.read_bytes() == (out / "tenants/upgraded" / path.name).read_bytes(), path.name
    owners = {"faulty", "late", "noisy", "upgraded", "slow", "absent"}
    for owner in owners:
        page = (out / "tenants" / owner / f"sla-2026-W43-{owner}.html").read_text()
        assert [other for other in owners - {owner} if f'"{other}"' in page or f"({other}" in page] == []


def test_documents_that_several_processes_make_are_the_same(reports: Reports, tmp_path: Path) -> None:
    """From 41 tenants on the work is shared out; 33 of these have no data."""
    tenants = reports.workspace.folder / "slas" / "tenants.yml"
    more = (f"  - {{id: inn-{n}, name: Inn {n}, vertical: hotels, tier: gold}}\n" for n in range(33))
    tenants.write_text(tenants.read_text() + "".join(more))
    out = tmp_path / "out"
    ran = reports.run("--documents", "--out", str(out))
    assert "wrote the documents of 41 tenants" in ran.stderr
    folders = sorted(path.name for path in (out / "tenants").iterdir())
    assert folders == sorted(
        s["tenant"] for s in json.loads((out / "sla-2026-W43.json").read_text())["statements"]
    )
    for owner in ("faulty", "inn-32"):
        reports.run("--tenant", owner, "--out", str(tmp_path / "alone"))
        for path in (tmp_path / "alone").glob(f"*{owner}*"):
            assert path.read_bytes() == (out / "tenants" / owner / path.name).read_bytes(), path.name


def test_documents_of_which_some_fail_are_not_told_as_done(reports: Reports, tmp_path: Path) -> None:
    tenants = reports.workspace.folder / "slas" / "tenants.yml"
    more = (f"  - {{id: inn-{n}, name: Inn {n}, vertical: hotels, tier: gold}}\n" for n in range(33))
    tenants.write_text(tenants.read_text() + "".join(more))
    (tmp_path / "out" / "tenants").mkdir(parents=True)
    (tmp_path / "out" / "tenants" / "inn-7").write_text("a file where a folder must be")
    ran = reports.run("--documents", "--out", str(tmp_path / "out"))
    assert (ran.code, "wrote the documents" in ran.stderr, "inn-7" in ran.stderr) == (1, False, True)


def test_a_workbook_holds_numbers_and_no_formulas(reports: Reports, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    reports.workspace.edit("slas/tenants.yml", "Faulty Towers", "=1+1")
    reports.run("--xlsx", "--out", str(tmp_path / "out"))
    book = load_workbook(tmp_path / "out" / "sla-2026-W43.xlsx")
    assert book.sheetnames == ["Tenants", "Incidents", "Data quality", "Queries"]
    heads, *rows = book["Tenants"].iter_rows()
    titles = [cell.value for cell in heads]
    faulty = dict(zip(titles, next(row for row in rows if row[3].value == "faulty"), strict=True))
    assert (faulty["failed"].value, faulty["failed"].data_type) == (3000, "n")
    assert faulty["name"].data_type == "s"


def test_headers_and_secrets_reach_the_server_and_nothing_else(reports: Reports, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    with answering([]) as url:
        asked = ("--prometheus", url, "--period", "2026-W43")
        let_in = (
            "--org",
            "team-a",
            "--header",
            "THANOS-TENANT=team-b",
            "--token-file",
            str(tmp_path / "token"),
        )
        ran = reports.ask(*asked, *let_in)
    assert "no service level history" in ran.stderr
    assert {(h["X-Scope-OrgID"], h["THANOS-TENANT"], h["Authorization"]) for h in HEARD} == {
        ("team-a", "team-b", "Bearer s3cret")
    }
    assert "s3cret" not in ran.stderr + ran.stdout


@pytest.mark.parametrize(
    ("options", "needs"),
    [
        (("--org", "team-a"), {"X-Scope-OrgID": "team-a"}),
        (("--header", "THANOS-TENANT=team-b"), {"THANOS-TENANT": "team-b"}),
        (("--token-file", "secret"), {"Authorization": "Bearer s3cret"}),
        (("--user", "me", "--password-file", "secret"), {"Authorization": "Basic bWU6czNjcmV0"}),
    ],
    ids=["Mimir", "Thanos", "token", "password"],
)
def test_a_real_server_behind_a_door_gives_the_same_figures(
    reports: Reports, week: Reports, tmp_path: Path, options: tuple[str, ...], needs: dict[str, str]
) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    let_in = tuple(str(tmp_path / "secret") if word == "secret" else word for word in options)
    with guarding(reports.url, needs=needs) as url:
        asked = ("--prometheus", url, "--period", "2026-W43", "--zone", "Europe/Berlin")
        assert reports.ask(*asked, *let_in, "--json").json == week.told()
        refused = reports.ask(*asked)
    assert (refused.code, refused.stdout, "refused" in refused.stderr) == (1, "", True)


def test_names_from_the_workspace_are_text_and_no_markup(reports: Reports, tmp_path: Path) -> None:
    reports.run("--tenant", "upgraded", "--out", str(tmp_path / "out"))
    html = (tmp_path / "out" / "sla-2026-W43-upgraded.html").read_text()
    markdown = (tmp_path / "out" / "sla-2026-W43-upgraded.md").read_text()
    assert "Upgrade &lt;b&gt;|Airlines" in html
    assert "<b>" not in html
    assert "Upgrade &lt;b&gt;\\|Airlines" in markdown


def test_the_page_loads_nothing_and_runs_nothing(reports: Reports, tmp_path: Path) -> None:
    reports.run("--out", str(tmp_path / "out"))
    html = (tmp_path / "out" / "sla-2026-W43.html").read_text()
    for sign in ("<script", "src=", "<link", "url(", "http://", "https://"):
        assert sign not in html


def test_the_appendix_traces_every_figure_to_a_query(week: Reports) -> None:
    queries = week.told("--tenant", "steady")["queries"]
    assert {q["figure"] for q in queries} >= {
        "observed minutes", "platform outages", "requests", "bad requests", "down minutes",
        "requests by status class", "incidents", "hours", "recorded objectives",
    }  # fmt: skip
    assert all('tenant="steady"' in q["text"] for q in queries if "events" in q["text"])


def test_the_report_matches_its_schema(week: Reports) -> None:
    shown = run_here(week.workspace.folder, "schema", "sla-report").json
    assert shown == json.loads((SCHEMAS / "sla-report.schema.json").read_text())
    for arguments in ((), ("--tenant", "faulty")):
        valid("sla-report", week.told(*arguments))


def test_no_period_is_closed_by_a_wrong_clock(reports: Reports) -> None:
    with answering([], now=NOW + 40 * 86_400) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W52", "--close")
    assert (ran.code, "which periods are over is not known" in ran.stderr, ran.stdout) == (1, True, "")


@pytest.mark.parametrize("label", ["replica", "cluster"])
def test_series_that_tell_of_the_same_twice_give_no_figure(reports: Reports, label: str) -> None:
    """As Thanos answers where nothing is deduplicated: their sum would double every count."""
    twins = [
        {
            "metric": {"tenant": "steady", "slo": "availability", label: name},
            "value": [NOW, "7"],
            "values": [[NOW, "7"]],
        }
        for name in "ab"
    ]
    with answering(twins) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, "two series tell of the same" in ran.stderr, ran.stdout) == (1, True, "")


def test_a_minute_that_was_recorded_twice_gives_no_figure(reports: Reports) -> None:
    """As Thanos answers where the rules of two replicas run at different seconds: their sum would be too large."""
    with answering([{"metric": {}, "values": [[NOW + 7, "1"], [NOW + 37, "1"]]}]) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, "recorded twice: replicas" in ran.stderr, ran.stdout) == (1, True, "")


def test_texts_of_others_names_are_told_without_them(reports: Reports) -> None:
    """What people wrote for all is read by each: another customer's name is taken out."""
    (reports.workspace.folder / "slas" / "incidents.yml").write_text(
        'incidents:\n  - {id: a, start: "2026-10-24T10:00Z", end: "2026-10-24T10:05Z", '
        "cause: The import of Slow Food}\n"
    )
    reports.workspace.edit("slas/maintenance.yml", "Upgrade of the database", "For Faulty Towers")
    mine = reports.run("--tenant", "upgraded").stdout
    assert ("Slow Food" in mine, "Faulty Towers" in mine) == (False, False)
    assert "The import of another customer" in mine
    assert "For another customer" in mine
    assert "The import of Slow Food" in reports.run("--tenant", "slow").stdout


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("--tenant", "stedy"), "did you mean steady?", 2),
        (("--tier", "diamond"), "unknown tier diamond", 2),
        (("--tenant", "steady", "--tier", "gold"), "one tenant, one tier", 2),
        (("--period", "2026-W60"), "not a period", 2),
        (("--period", "2030-01"), "has not begun", 2),
        (("--period", "2020-01"), "no service level history from 2019-12-31 23:00", 1),
        (("--zone", "Europe/Atlantis"), "not a time zone", 2),
        (("--prometheus", "http://127.0.0.1:1"), "does not answer", 1),
        (("--prometheus", "http://me:secret@127.0.0.1:1"), "a password in a URL ends up in logs", 2),
        (("--prometheus", "file:///etc/passwd"), "not the URL of a server", 2),
        (("--close", "--tenant", "steady"), "closed for all tenants at once", 2),
        (("--header", "Authorization=secret"), "ends up in process lists", 2),
        (("--documents",), "--documents needs --out", 2),
        (("--xlsx",), "--xlsx needs --out", 2),
        (("--pdf",), "--pdf needs --out or --deliver", 2),
        (("--restate", "a late meter"), "--restate needs --close", 2),
        (("--user", "me"), "--user and --password-file belong together", 2),
    ],
)
def test_what_cannot_be_reported_is_refused_with_its_reason(
    reports: Reports, arguments: tuple[str, ...], says: str, code: int
) -> None:
    ran = reports.run(*arguments)
    assert says in ran.stderr
    assert ran.code == code
    assert ran.stdout == ""
    assert "secret" not in ran.stderr


def test_an_address_below_which_there_is_no_prometheus_is_told(reports: Reports) -> None:
    ran = reports.run("--prometheus", f"{reports.url}/metrics")
    assert "answers, but not as a Prometheus" in ran.stderr
    assert (ran.code, ran.stdout) == (1, "")


@pytest.mark.parametrize(
    ("value", "warnings", "says"),
    [
        ("1", ("store 10.0.0.7 is not reachable",), "the answer is partial"),
        ("NaN", (), "which is no number"),
        ("+Inf", (), "which is no number"),
        ("1.5", (), "which is no count"),
        ("-3", (), "which is no count"),
    ],
)
def test_an_answer_that_cannot_be_trusted_gives_no_figure(
    reports: Reports, value: str, warnings: tuple[str, ...], says: str
) -> None:
    """Warnings are how Thanos and Mimir tell that a store is missing."""
    series = {"metric": {"tenant": "steady", "slo": "availability"}, "values": [[NOW, value]]}
    with answering([series], warnings=warnings) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, says in ran.stderr, ran.stdout) == (1, True, "")


def test_a_partial_answer_of_victoria_metrics_gives_no_figure(reports: Reports) -> None:
    with answering([], more={"isPartial": True}) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, "the answer is partial" in ran.stderr, ran.stdout) == (1, True, "")


def test_a_server_that_is_slow_gives_no_figure(reports: Reports) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts, and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ran = reports.ask("--prometheus", url, "--timeout", "1")
    assert (ran.code, "no answer within 1 s" in ran.stderr, ran.stdout) == (1, True, "")


def test_the_servers_clock_decides_what_is_over(reports: Reports) -> None:
    """The clock of this machine may be wrong: a server in 2020 has not seen October 2026."""
    with answering([], now=1_600_000_000) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, "the period 2026-W43 has not begun" in ran.stderr, ran.stdout) == (2, True, "")


def test_a_period_that_has_just_begun_is_told_from_one_that_has_not(reports: Reports) -> None:
    """At 2026-10-19T00:02:30Z no minute of the week is two minutes old."""
    with answering([], now=1_792_368_150) as url:
        ran = reports.ask("--prometheus", url, "--period", "2026-W43")
    assert (ran.code, "no minute is surely recorded yet" in ran.stderr, ran.stdout) == (2, True, "")
