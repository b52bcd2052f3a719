"""The same figures from Thanos and Mimir as from the Prometheus that recorded them, or none."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import berlin_week
import history_files
import long_term
import pytest
from history_files import Minute
from reports import Reports
from support import baseline_history
from support.baseline_command import Baselines
from support.in_process import run_here
from support.servers import stop
from support.workspace import SAMPLE

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.full]

THE_WEEK = ("--period", "2026-W43", "--zone", "Europe/Berlin")
AWAY = range(berlin_week.minute(23, 10, 20), berlin_week.minute(23, 12, 40))
"""Friday's lunch, 140 minutes, in which one of two replicas was away."""


def not_at_lunch(minute: Minute) -> bool:
    return minute not in AWAY


@pytest.fixture(scope="module")
def weeks(week_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blocks of the weeks that baselines are made of."""
    folder = tmp_path_factory.mktemp("weeks")
    baseline_history.write(folder / "weeks.om")
    history_files.make_blocks(folder / "weeks.om", folder / "data")
    return folder / "data"


@pytest.fixture(scope="module")
def mimir_url(weeks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mimir")
    blocks = {"team-a": long_term.week_blocks(folder / "week"), "team-b": weeks}
    with long_term.mimir(folder, blocks) as url:
        yield url


@pytest.fixture
def thanos(week_url: str, tmp_path: Path) -> Iterator[long_term.Thanos]:
    with long_term.thanos(tmp_path) as found:
        yield found


def exported(folder: Path, url: str, *let_in: str) -> Counter[tuple[str, ...]]:
    """What is exported of a series, row by row, without the labels that a server adds."""
    ran = run_here(
        folder, "export", "metrics", "slo:events_total:increment1m", *THE_WEEK, "-o", "out.csv", "--restart",
        "--prometheus", url, *let_in,
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    with (folder / "out.csv").open(newline="") as file:
        names = ("metric", "time", "tenant", "slo", "value")
        return Counter(tuple(row[name] for name in names) for row in csv.DictReader(file))


def baselines(folder: Path, url: str, *let_in: str) -> dict:
    shutil.copytree(SAMPLE, folder)
    made = Baselines(folder, url)
    made.record("--reason", "known weeks", *let_in)
    return made.hours()


def test_mimir_gives_the_figures_of_the_prometheus(
    mimir_url: str, reports: Reports, week: Reports, tmp_path: Path
) -> None:
    asked = ("--prometheus", mimir_url, *THE_WEEK)
    assert reports.ask(*asked, "--org", "team-a", "--json").json == week.told()
    nobody, strangers = reports.ask(*asked), reports.ask(*asked, "--org", "team-c")
    assert (nobody.code, nobody.stdout, "no org id" in nobody.stderr) == (1, "", True)
    assert (strangers.code, "no service level history" in strangers.stderr) == (1, True)
    rows = exported(tmp_path, mimir_url, "--org", "team-a")
    assert rows == exported(tmp_path, week.url)
    assert rows.total() > 100_000


def test_a_block_that_mimir_has_lost_gives_no_figure(reports: Reports, tmp_path: Path) -> None:
    """It knows from its index that there is a block, and cannot read it."""
    blocks = {"team-a": long_term.week_blocks(tmp_path / "week")}
    with long_term.mimir(tmp_path, blocks) as url:
        asked = ("--prometheus", url, *THE_WEEK, "--org", "team-a")
        assert reports.ask(*asked).code == 0
        for chunks in (tmp_path / "bucket").glob("*/*/chunks/*"):
            chunks.unlink()
        ran = reports.ask(*asked)
    assert (ran.code, ran.stdout, "Prometheus" in ran.stderr) == (1, "", True)


def test_mimir_gives_the_baselines_of_the_prometheus(mimir_url: str, weeks: Path, tmp_path: Path) -> None:
    theirs = baselines(tmp_path / "theirs", mimir_url, "--org", "team-b")
    with history_files.serving(weeks) as url:
        assert theirs == baselines(tmp_path / "ours", url)


def test_thanos_gives_the_figures_of_the_prometheus(
    thanos: long_term.Thanos, reports: Reports, week: Reports, tmp_path: Path
) -> None:
    """Two replicas with the same rule files, whose rules so run at the same seconds; the querier makes one of them."""
    first, _ = thanos.sidecar("a", long_term.week_blocks(tmp_path / "a"))
    second, process = thanos.sidecar("b", long_term.week_blocks(tmp_path / "b"))
    both = (f"--endpoint-strict={first}", f"--endpoint-strict={second}")
    one = thanos.querier(*both, "--query.replica-label=replica")
    assert reports.ask("--prometheus", one, *THE_WEEK, "--json").json == week.told()

    rows, truth = exported(tmp_path, one), exported(tmp_path, week.url)
    assert Counter((m, t, s, v) for m, _, t, s, v in rows.elements()) == Counter(
        (m, t, s, v) for m, _, t, s, v in truth.elements()
    )

    twice = reports.ask("--prometheus", thanos.querier(*both), *THE_WEEK)
    assert (twice.code, twice.stdout, "two series tell of the same" in twice.stderr) == (1, "", True)

    stop(process)
    for url in (one, thanos.querier(*both, "--query.replica-label=replica", "--no-query.partial-response")):
        partial = reports.ask("--prometheus", url, *THE_WEEK)
        assert (partial.code, partial.stdout, second in partial.stderr) == (1, "", True), partial.stderr


def test_thanos_gives_the_baselines_of_the_prometheus(
    thanos: long_term.Thanos, weeks: Path, tmp_path: Path
) -> None:
    ignore = shutil.ignore_patterns("lock", "*.log")
    endpoint, _ = thanos.sidecar("a", Path(shutil.copytree(weeks, tmp_path / "copy", ignore=ignore)))
    theirs = baselines(tmp_path / "theirs", thanos.querier(f"--endpoint={endpoint}"))
    with history_files.serving(weeks) as url:
        assert theirs == baselines(tmp_path / "ours", url)


def test_where_replicas_took_turns_nothing_is_told_that_was_not_counted(
    thanos: long_term.Thanos, reports: Reports, week: Reports, tmp_path: Path
) -> None:
    """One to one, nothing is lost. What deduplication by penalty drops (the default of Thanos) is shown as a gap."""
    first, _ = thanos.sidecar("a", long_term.week_blocks(tmp_path / "a", keep=not_at_lunch))
    second, _ = thanos.sidecar("b", long_term.week_blocks(tmp_path / "b"))
    both = (f"--endpoint={first}", f"--endpoint={second}", "--query.replica-label=replica")
    chain = reports.ask(
        "--prometheus", thanos.querier(*both, "--deduplication.func=chain"), *THE_WEEK, "--json"
    )
    assert chain.json == week.told()

    told = reports.ask("--prometheus", thanos.querier(*both), *THE_WEEK, "--json").json
    steady = next(s for s in told["statements"] if s["tenant"] == "steady")
    observed = steady["minutes"]["total"]
    assert observed == 10_120 - 4
    assert steady["availability"]["counts"]["total"] == (observed - 5) * 100
    assert len(told["quality"]["gaps"]) == 3


def test_replicas_whose_rules_run_at_different_seconds_give_no_figure(
    thanos: long_term.Thanos, reports: Reports, tmp_path: Path
) -> None:
    first, _ = thanos.sidecar("a", long_term.week_blocks(tmp_path / "a"))
    second, _ = thanos.sidecar("b", long_term.week_blocks(tmp_path / "b", second=37))
    both = (f"--endpoint={first}", f"--endpoint={second}", "--query.replica-label=replica")
    for how in ("penalty", "chain"):
        url = thanos.querier(*both, f"--deduplication.func={how}")
        ran = reports.ask("--prometheus", url, *THE_WEEK)
        assert (ran.code, ran.stdout, "recorded twice" in ran.stderr) == (1, "", True), how
