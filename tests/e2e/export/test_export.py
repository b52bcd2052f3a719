"""Exports against what was put into a real Prometheus (support/export_history.py): every sample once, none else."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support import export_history as known
from support.prometheus_proxy import before
from support.schemas import valid
from support.workspace import COMMAND, Ran

pytestmark = pytest.mark.e2e

EVERYTHING = '{__name__=~"shop_.*"}'
Sample = tuple[str, str, int, str]


def truth() -> Counter[Sample]:
    return Counter((metric, shop, round(at * 1000), value) for metric, shop, at, value in known.samples())


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def csv_rows(path: Path) -> list[Sample]:
    with path.open(newline="") as file:
        return [(r["metric"], r["shop"], ms(r["time"]), r["value"]) for r in csv.DictReader(file)]


def done(ran: Ran) -> dict:
    assert ran.code == 0, ran.stdout + ran.stderr
    return valid("export", ran.json)


def test_csv_holds_every_stored_sample_once(export, tmp_path: Path) -> None:
    told = done(export(EVERYTHING, "-o", "all.csv", "--json"))
    assert Counter(csv_rows(tmp_path / "all.csv")) == truth()
    assert told["rows"] == truth().total() == 4 * 8640 + 1
    assert [p.name for p in tmp_path.iterdir()] == ["all.csv"]


def test_json_lines_hold_the_same_and_write_what_is_no_number_as_text(export, tmp_path: Path) -> None:
    done(export(EVERYTHING, "-o", "all.jsonl", "--json"))
    text = (tmp_path / "all.jsonl").read_text()
    rows = [json.loads(line, parse_float=str, parse_int=str) for line in text.splitlines()]
    found = Counter((r["metric"], r["labels"]["shop"], ms(r["time"]), r["value"]) for r in rows)
    assert found == truth()
    assert '"value": "+Inf"' in text
    assert '"value": 8639}' in text


def test_parquet_holds_the_same_in_typed_columns(export, tmp_path: Path) -> None:
    done(export(EVERYTHING, "-o", "all.parquet", "--json"))
    table = pq.read_table(tmp_path / "all.parquet")
    assert [(f.name, str(f.type)) for f in table.schema] == [
        ("metric", "string"),
        ("shop", "string"),
        ("time", "timestamp[ms, tz=UTC]"),
        ("value", "double"),
    ]
    rows = table.to_pylist()
    found = Counter(
        (r["metric"], r["shop"], round(r["time"].timestamp() * 1000), str(r["value"])) for r in rows
    )
    expected = Counter({(m, s, at, str(float(v))): count for (m, s, at, v), count in truth().items()})
    assert found == expected


def test_a_step_gives_the_values_at_each_instant_from_the_start_on(export, tmp_path: Path) -> None:
    """At 00:00:00 there is no sample yet; from 00:01 on, the last one before: number 1, 3, 5 ... 4,317."""
    done(export('shop_orders_total{shop="b"}', "--step", "1m", "-o", "b.csv", "--json"))
    found = [(at // 1000, value) for _, _, at, value in csv_rows(tmp_path / "b.csv")]
    minutes = range(known.START + 60, known.START + 3 * known.DAY, 60)
    assert found == [(at, str(2 * ((at - known.START - 7) // 30))) for at in minutes]


def test_a_step_of_many_instants_meets_no_limit_of_11000_points(export, tmp_path: Path) -> None:
    done(export('shop_orders_total{shop="a"}', "--step", "10s", "-o", "a.csv", "--json"))
    instants = [at for _, _, at, _ in csv_rows(tmp_path / "a.csv")]
    assert len(instants) == len(set(instants)) == 3 * known.DAY // 10 - 1 == 25_919


def test_the_start_belongs_to_the_span_and_the_end_does_not(export, tmp_path: Path) -> None:
    first, last = (datetime.fromtimestamp(known.instant(n), UTC).isoformat() for n in (10, 20))
    told = done(
        export("shop_orders_total", "-o", "x.csv", "--json", "--start", first, "--end", last, span=False)
    )
    assert told["rows"] == 3 * 10
    numbers = {int(v) for _, shop, _, v in csv_rows(tmp_path / "x.csv") if shop == "a"}
    assert numbers == set(range(10, 20))


def test_a_series_that_two_selectors_take_is_written_once(export, tmp_path: Path) -> None:
    done(export("shop_orders_total", '{shop=~"a|b"}', "-o", "x.csv", "--json"))
    assert Counter(csv_rows(tmp_path / "x.csv")) == truth()


def test_an_answer_that_breaks_off_loses_and_doubles_nothing(export, url: str, tmp_path: Path) -> None:
    """Questions: the clock, the labels, then day by day; the second day's answer breaks off."""
    with before(url) as door:
        door.cut = 3
        broken = export(EVERYTHING, "-o", "all.csv", server=door.url)
        assert (broken.code, (tmp_path / "all.csv").exists()) == (1, False)
        assert "cut off" in broken.stderr
        told = done(export(EVERYTHING, "-o", "all.csv", "--json", server=door.url))
        assert door.asked == 4 + 2  # two days were left
    assert 0 < told["resumed_rows"] < told["rows"]
    assert Counter(csv_rows(tmp_path / "all.csv")) == truth()


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_an_export_that_is_killed_goes_on_where_it_was(export, url: str, tmp_path: Path, ending: str) -> None:
    with before(url) as door:
        door.hang = 4
        arguments = ["--start", "2026-03-01", "--end", "2026-03-04", "--prometheus", door.url]
        process = subprocess.Popen(
            [COMMAND, "export", "metrics", EVERYTHING, "-o", f"all.{ending}", *arguments], cwd=tmp_path
        )
        assert door.hanging.wait(30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        told = done(export(EVERYTHING, "-o", f"all.{ending}", "--json", server=door.url))
    assert 0 < told["resumed_rows"] < told["rows"] == truth().total()
    if ending == "csv":
        assert Counter(csv_rows(tmp_path / "all.csv")) == truth()
        done(export(EVERYTHING, "-o", "at-once.csv", "--json"))
        assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "at-once.csv").read_bytes()
    else:
        assert pq.read_table(tmp_path / "all.parquet").num_rows == truth().total()


def test_an_export_that_was_begun_otherwise_is_not_mixed_with_this_one(
    export, url: str, tmp_path: Path
) -> None:
    with before(url) as door:
        door.cut = 3
        export(EVERYTHING, "-o", "all.csv", server=door.url)
        other = export("shop_orders_total", "-o", "all.csv", server=door.url)
        assert (other.code, "selectors differs" in other.stderr) == (2, True)
        done(export("shop_orders_total", "-o", "all.csv", "--restart", "--json", server=door.url))
    assert {metric for metric, *_ in csv_rows(tmp_path / "all.csv")} == {"shop_orders_total"}


def test_a_server_that_loads_little_at_once_is_asked_in_smaller_parts(
    export, narrow_url: str, tmp_path: Path
) -> None:
    """A day of three series is 8,640 samples; 5,000 are allowed."""
    (tmp_path / "password").write_text("open sesame\n")
    let_in = ("--user", "analyst", "--password-file", "password")
    told = done(export("shop_orders_total", "-o", "x.csv", "--json", *let_in, server=narrow_url))
    assert told["rows"] == 3 * known.COUNT
    assert Counter(csv_rows(tmp_path / "x.csv")) == Counter(
        s for s in truth().elements() if s[0] == "shop_orders_total"
    )


def test_without_the_password_it_says_how_to_be_let_in(export, narrow_url: str) -> None:
    ran = export("shop_orders_total", "-o", "x.csv", server=narrow_url)
    assert (ran.code, "--password-file" in ran.stderr) == (1, True)


def test_an_address_below_which_there_is_no_prometheus_is_told(export, url: str) -> None:
    ran = export("shop_orders_total", "-o", "x.csv", server=f"{url}/metrics")
    assert (ran.code, "answers, but not as a Prometheus" in ran.stderr) == (1, True)


def test_the_tenant_header_and_the_token_come_with_every_question(export, url: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0ken\n")
    with before(url) as door:
        done(export("shop_orders_total", "-o", "x.csv", "--json", "--org", "team-a", "--token-file", "token",
                    server=door.url))  # fmt: skip
    sent = {(h.get("X-Scope-OrgID"), h.get("Authorization")) for h in door.headers}
    assert sent == {("team-a", "Bearer t0ken")}


@pytest.mark.parametrize("question", [1, 2], ids=["labels", "samples"])
def test_a_partial_answer_is_refused(export, url: str, tmp_path: Path, question: int) -> None:
    with before(url) as door:
        door.warning, door.warned = "store 7 is away", question
        ran = export("shop_orders_total", "-o", "x.csv", server=door.url)
    assert (ran.code, "store 7 is away" in ran.stderr) == (1, True)
    assert not (tmp_path / "x.csv").exists()


def test_no_series_is_an_empty_table(export, tmp_path: Path) -> None:
    assert done(export("no_such_metric", "-o", "x.csv", "--json"))["rows"] == 0
    assert (tmp_path / "x.csv").read_text() == "metric,time,value\n"
