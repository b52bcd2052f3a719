"""What is recorded is what was counted: sums of increments against figures worked by hand, by promtool.

Raw counters every 15 s (promtool's interval), rules every minute, the hourly sum at minute 60.
Counters at samples 0, 4, 8 ... are those that a minute ends with.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from support.sites import native_site

from platformctl.render import rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
AREAS = ("slo-objectives", "slo-sources", "slo", "slo_windows")
UP = {'up{job="api", instance="a"}': "1x250", 'up{job="api", instance="b"}': "1x250"}
pytestmark = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")


@cache
def rule_files() -> dict[str, str]:
    platform = load_platform(ROOT)
    made = {a.path: a.content.decode() for a in rules.render(platform, native_site(platform))}
    return {area: made[f"prometheus/rules/{area}.yml"] for area in AREAS}


def answers(status_class: str, values: str, *, instance: str = "a", tenant: str = "inn") -> dict[str, str]:
    labels = f'job="api", instance="{instance}", tenant="{tenant}", status_class="{status_class}"'
    return {f"edge_requests_total{{{labels}}}": values}


def recorded(
    folder: Path, series: dict[str, str], expected: dict[str, int | None], *, at: str = "61m"
) -> str:
    """What promtool complains about; empty when each expression has its value (None: no sample)."""
    for area, text in rule_files().items():
        (folder / f"{area}.yml").write_text(text)
    samples = {
        expression: [] if value is None else [{"labels": "{}", "value": value}]
        for expression, value in expected.items()
    }
    document = {
        "rule_files": [f"{area}.yml" for area in AREAS],
        "evaluation_interval": "1m",
        "group_eval_order": [f"{area}-recording" for area in AREAS],
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {"expr": expression, "eval_time": at, "exp_samples": given}
                    for expression, given in samples.items()
                ],
            }
        ],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(document))
    done = subprocess.run(
        ["promtool", "test", "rules", str(folder / "test.yml")], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def hour(events: str = "slo:events_total", slo: str = "availability") -> str:
    return f'sum(last_over_time({events}:increment1h{{slo="{slo}"}}[10m]))'


def test_an_hour_of_steady_counting_is_exact(tmp_path: Path) -> None:
    """3 every 15 s: 12 a minute, 720 in the 60 minutes that end at minute 60. `increase` would extrapolate."""
    assert (
        recorded(tmp_path, UP | answers("2xx", "1000+3x250"), {hour(): 720, hour("slo:events_bad"): 0}) == ""
    )


def test_replicas_are_added_and_a_failed_one_is_not_lost(tmp_path: Path) -> None:
    """The second replica's target fails from minute 10 to 13 and comes back with its counter: 12 a minute each."""
    series = UP | answers("2xx", "0+3x250") | answers("2xx", "0+3x40 _x12 159+3x200", instance="b")
    assert recorded(tmp_path, series, {hour(): 1440}) == ""


def test_a_reset_loses_only_what_was_not_scraped(tmp_path: Path) -> None:
    """120 samples of 3 to 360 at minute 30; a restart; the next sample shows 5, then 3 every 15 s.

    Minute 31 ends four samples after 360: 5 + 3 x 3 = 14. Minutes 32 to 60: 29 x 12 = 348. In all 360 + 14 + 348.
    """
    series = UP | answers("2xx", "0+3x120 5+3x120")
    assert recorded(tmp_path, series, {hour(): 360 + 14 + 348}) == ""


def test_the_first_failures_of_a_watched_process_count(tmp_path: Path) -> None:
    """The series of 5xx appears at minute 20 with 7: `increase` would show 0."""
    series = UP | answers("2xx", "0+3x250") | answers("5xx", "_x80 7x170")
    assert recorded(tmp_path, series, {hour("slo:events_bad"): 7, hour(): 727}) == ""


def test_a_long_gap_makes_nothing_up(tmp_path: Path) -> None:
    """No sample from minute 20 to 40 (Prometheus away): minutes 1-20 and 41-60, and no burst at minute 40.

    At minute 20 the counter is 240; it is back at minute 40 with 480, of which 240 were not observed.
    """
    away = {'up{job="api", instance="a"}': "1x80 _x79 1x90"}
    series = away | answers("2xx", "0+3x80 _x79 480+3x90")
    assert recorded(tmp_path, series, {hour(): 240 + 240}) == ""


def test_a_tenant_without_a_tier_has_no_latency_but_its_requests_count(tmp_path: Path) -> None:
    series = UP | answers("2xx", "0+3x250", tenant="stranger")
    assert recorded(tmp_path, series, {hour(): 720, hour("slo:events_bad", "latency"): None}) == ""


def test_a_minute_is_down_when_half_of_it_failed(tmp_path: Path) -> None:
    """2 of 4 failed in minutes 11 to 15, 1 of 4 in minutes 16 to 20: five samples, of 15 minutes."""
    good = "0+1x40 40.5+0.5x19 50.75+0.75x19 65+1x170"
    bad = "0x40 0.5+0.5x19 10.25+0.25x19 15x170"
    down = "count_over_time(slo:down_minute:bool1m[1h])"
    assert recorded(tmp_path, UP | answers("2xx", good) | answers("5xx", bad), {f"sum({down})": 5}) == ""


def test_the_oracle_notices_a_difference_of_one(tmp_path: Path) -> None:
    said = recorded(tmp_path, UP | answers("2xx", "1000+3x250"), {hour(): 721})
    assert "got: {} 7.2E+02" in said


def counting(first: str, second: str = "") -> dict[str, str]:
    """Two processes that count requests, and whether they answer."""
    found = {f'up{{job="edge", instance="{name}"}}': up for name, up in (("a", first), ("b", second)) if up}
    return found | {f'edge_log_gaps_total{{job="edge", instance="{name}"}}': "0x20" for name in "ab"}


@pytest.mark.parametrize(
    ("series", "answered", "unread"),
    [
        (counting("1x60", "1x60"), 1, None),
        (counting("1x60", "1x27 0x33"), 1, 1),  # since minute 7 it is asked, and does not answer
        (counting("1x60", "1x27 stale"), 1, 1),  # since minute 7 it is not even asked
        (counting("1x60", "1x8 stale"), 1, None),  # gone for over five minutes: taken out of service
        (counting("1x27 0x33", "1x27 0x33"), 0, 2),
        (counting("1x27 stale"), None, 1),  # nothing was asked: neither up nor down
    ],
    ids=["both", "one fails", "one is not asked", "one was taken out", "none answers", "none is asked"],
)
def test_whether_what_counts_answered_is_recorded_minute_by_minute(
    tmp_path: Path, series: dict[str, str], answered: int | None, unread: int | None
) -> None:
    expected = {"sum(slo:counting_up:max1m)": answered, "sum(slo:counters_unread:count1m)": unread}
    assert recorded(tmp_path, series, expected, at="10m") == ""


def gateway(scraped: str, probed: str) -> dict[str, str]:
    """The gateway's scrapes, and what asks it from outside; another component's probe says nothing of it."""
    probes = {"gateway": probed, "prometheus": "1x60"}
    found = {f'probe_success{{job="blackbox", instance="{name}"}}': values for name, values in probes.items()}
    return {name: values for name, values in found.items() if values} | {'up{job="gateway"}': scraped}


@pytest.mark.parametrize(
    ("series", "answered", "probed"),
    [
        (gateway("1x60", "1x60"), 1, 1),
        (gateway("1x27 0x33", "1x60"), 0, 1),  # its scrapes fail, and it serves
        (gateway("1x27 0x33", "1x27 0x33"), 0, 0),
        (gateway("1x27 0x33", ""), 0, None),
        (gateway("1x27 0x33", "1x38 0x33"), 0, 1),  # answered once in the last minute
    ],
    ids=["both", "only the probe", "neither", "nothing probes", "the probe fails in the last minute"],
)
def test_whether_the_platform_answers_is_asked_by_scrapes_and_from_outside(
    tmp_path: Path, series: dict[str, str], answered: int, probed: int | None
) -> None:
    expected = {"sum(slo:source_up:max1m)": answered, "sum(slo:probed_up:max1m)": probed}
    assert recorded(tmp_path, series, expected, at="10m") == ""
