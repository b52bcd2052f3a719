"""Baselines of weeks of known truth (support/baseline_history.py), against figures worked by hand.

All requests of a bucket lie evenly in it, so of requests between a and b the quantile q is a + (b - a) q.
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from history_files import make_blocks, serving
from support import baseline_history
from support.baseline_command import Baselines
from support.schemas import valid
from support.sites import native_site
from support.watch import until

from platformctl.render import rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.e2e

Hours = dict[str, dict]


def test_a_cell_holds_the_percentiles_of_its_hours(hours: Hours) -> None:
    """Three hours of 720 requests within 0.1 s: 0.05, 0.095, 0.099."""
    assert hours["Fri 10"] == {
        "hours": 3,
        "requests": 3 * 720,
        "seconds": {"0.5": 0.05, "0.95": 0.095, "0.99": 0.099},
    }


def test_an_hour_of_the_week_is_the_clocks_before_and_after_summer_time_ends(hours: Hours) -> None:
    """Monday 09 in Berlin is 07 UTC in the first week and 08 UTC after: 0.5 + 0.5 x 0.95."""
    assert hours["Mon 09"]["seconds"] == {"0.5": 0.75, "0.95": 0.975, "0.99": 0.995}
    assert {hours[name]["seconds"]["0.95"] for name in ("Mon 08", "Mon 10")} == {0.095}


def test_when_clocks_go_back_two_hours_fall_into_one_cell(hours: Hours) -> None:
    assert {name: hours[name]["hours"] for name in ("Sun 01", "Sun 02", "Sun 03")} == {
        "Sun 01": 3,
        "Sun 02": 4,
        "Sun 03": 3,
    }


def test_requests_are_added_before_the_percentile_is_taken(hours: Hours) -> None:
    """1,440 of 2,160 within 0.1 s, 720 between 0.5 and 1: the 2,052nd is 612 of 720 into the slow ones, 0.925."""
    assert hours["Tue 12"]["seconds"] == {
        "0.5": 0.075,
        "0.95": 0.925,
        "0.99": pytest.approx(0.5 + 0.5 * (2138.4 - 1440) / 720),
    }


def test_too_few_requests_have_no_high_percentile(hours: Hours) -> None:
    """72 requests: 36 lie beyond the median, 3.6 beyond p95."""
    assert hours["Wed 03"] == {"hours": 3, "requests": 72, "seconds": {"0.5": 0.05}}


def test_an_hour_that_was_not_observed_is_left_out(hours: Hours) -> None:
    cell = hours["Thu 15"]
    assert (cell["hours"], cell["requests"], cell["seconds"]["0.95"]) == (2, 2 * 720, 0.095)


def test_another_week_is_compared_hour_by_hour(recorded: Baselines) -> None:
    """The fourth week: 0.1 + 0.4 x 0.95 = 0.48 in every hour; 167 of them have a p95 in the baseline."""
    ran = recorded.run("compare", "--period", "2026-W46", "--json")
    items, gold = valid("baseline", ran.json)["differences"]
    assert (items["route"], items["hours"]) == ("/items", 167)
    assert items["ratio"] == pytest.approx(0.48 / 0.095)
    assert items["worst"] == {"hour": "Mon 00", "was": 0.095, "is": 0.48}
    assert (gold["tier"], gold["hours"], gold["ratio"]) == ("gold", 168, 1.0)


def test_what_is_slower_ends_with_3_where_that_is_asked_for(recorded: Baselines) -> None:
    ran = recorded.run("compare", "--period", "2026-W46", "--check")
    assert (ran.code, "GET /items (api)" in ran.stderr, "gold" in ran.stderr) == (3, True, False)
    assert recorded.run("compare", "--period", "2026-W46", "--check", "--threshold", "5.1").code == 0
    assert recorded.run("compare", "--period", "2026-W44", "--check").code == 0


def test_versions_are_added_and_read_back(baselines: Baselines) -> None:
    assert baselines.record()["version"] == 1
    first = (baselines.folder / "slas/baselines/0001.jsonl").read_bytes()
    assert baselines.record("--period", "2026-W46", "--reason", "it is slower now")["version"] == 2
    assert (baselines.folder / "slas/baselines/0001.jsonl").read_bytes() == first
    assert baselines.hours("--version", "1")["Fri 10"]["seconds"]["0.95"] == 0.095
    assert baselines.hours()["Fri 10"]["seconds"]["0.95"] == 0.48
    between = baselines.run("compare", "--version", "1", "--with", "2", "--json").json
    assert between["differences"][0]["ratio"] == pytest.approx(0.48 / 0.095)
    assert "it is slower now" in baselines.run("show").stdout


def test_the_same_weeks_make_the_same_lines_but_for_the_first(baselines: Baselines) -> None:
    baselines.record()
    baselines.record()
    one, two = (
        (baselines.folder / f"slas/baselines/000{n}.jsonl").read_text().splitlines()[1:] for n in (1, 2)
    )
    assert one == two
    assert len(one) == 2 * 168


def test_a_version_that_was_changed_later_is_noticed(baselines: Baselines) -> None:
    baselines.record()
    baselines.record()
    path = baselines.folder / "slas/baselines/0001.jsonl"
    path.write_text(path.read_text().replace('"requests": 2160', '"requests": 2161', 1))
    for command in ("show", "compare"):
        ran = baselines.run(command)
        assert (ran.code, "changed or removed" in ran.stderr) == (1, True)
    assert baselines.run("record", "--period", "2026-W46").code == 1


def test_less_than_a_week_is_no_baseline(baselines: Baselines) -> None:
    ran = baselines.run("record", "--period", "2026-11-02")
    assert (ran.code, "no baseline" in ran.stderr) == (2, True)


def test_weeks_without_history_are_refused(baselines: Baselines) -> None:
    ran = baselines.run("record", "--period", "2026-W30")
    assert (ran.code, "no response times" in ran.stderr) == (1, True)
    assert not (baselines.folder / "slas/baselines").exists()


def test_prometheus_reads_the_baseline_from_its_own_assets(baselines: Baselines) -> None:
    """The release's file, scraped by a real Prometheus: 167 hours of /items with enough known, 168 of gold."""
    baselines.record()
    release = baselines.folder / "release"
    baselines.generate("release")
    config = (release / "prometheus/prometheus.yml").read_text()
    assert "metrics_path: /user/baseline/metrics.txt" in config
    with scraping(release, baselines.folder / "data") as url:
        found = until(lambda: ask(url, "count by (kind) (platform_baseline_p95_seconds)"), "the scrape")
        assert {s["metric"]["kind"]: s["value"][1] for s in found} == {"endpoint": "167", "tier": "168"}
        monday_nine = 'platform_baseline_p95_seconds{service="api", route="/items", hour_of_week="33"}'
        assert [s["value"][1] for s in ask(url, monday_nine)] == ["0.975"]
        offset = "sum(platform_baseline_zone_change_seconds and on (change)"
        at = 1_814_400_000  # July 2027
        summer = ask(url, f"{offset} platform_baseline_zone_change_timestamp_seconds <= {at})")
        assert [s["value"][1] for s in summer] == ["7200"]


def test_what_is_slower_than_its_baseline_fires_and_what_is_as_always_does_not(baselines: Baselines) -> None:
    """Gold usually has a p95 of 0.48 s: now all its requests take between 0.5 and 1 s. GET /items is as always.

    The rules are those of a deployment, but evaluated each second, and told of at once.
    """
    baselines.record()
    baselines.generate("release")
    data = baselines.folder / "data"
    now = int(time.time())
    baseline_history.write_slow_gold(baselines.folder / "now.om", (now - 600, now - 300, now - 1))
    make_blocks(baselines.folder / "now.om", data)
    (baselines.folder / "rules.yml").write_text(hurried(rule_file("baseline")))
    rules_used = f"rule_files: [{baselines.folder}/rules.yml]"
    with scraping(baselines.folder / "release", data, more=rules_used) as url:
        firing = until(lambda: ask(url, 'ALERTS{alertstate="firing"}'), "an alert fires")
        assert {(s["metric"]["alertname"], s["metric"].get("tier")) for s in firing} == {
            ("TierSlowerThanBaseline", "gold")
        }
        assert ask(url, 'subject:request_duration:p95_15m{route="/items"} < 0.1')
        assert ask(url, 'ALERTS{alertname="EndpointSlowerThanBaseline"}') == []


def rule_file(area: str) -> str:
    """An area of the workspace that is delivered, as Prometheus reads it."""
    platform = load_platform(ROOT)
    made = {a.path: a.content.decode() for a in rules.render(platform, native_site(platform))}
    return made[f"prometheus/rules/{area}.yml"]


def hurried(text: str) -> str:
    """The same rules each second, and alerts that do not wait."""
    document = yaml.safe_load(text)
    for group in document["groups"]:
        group["interval"] = "1s"
        group["rules"] = [{k: v for k, v in rule.items() if k != "for"} for rule in group["rules"]]
    return yaml.safe_dump(document)


@contextlib.contextmanager
def scraping(release: Path, data: Path, *, more: str = "") -> Iterator[str]:
    """A Prometheus that reads the baseline of the release from its own assets, each second."""
    data.mkdir(exist_ok=True)
    flags = (f"--web.user-assets={release}/prometheus/assets", "--web.enable-lifecycle")
    scrape = (
        "scrape_configs: [{job_name: baseline, scrape_interval: 1s, metrics_path: /user/baseline/metrics.txt,"
        " static_configs: [{targets: ['OWN']}]}]"
    )
    with serving(data, flags=flags) as url:
        own = url.removeprefix("http://")
        (data / "prometheus.yml").write_text(f"{scrape.replace('OWN', own)}\n{more}\n")
        urllib.request.urlopen(urllib.request.Request(f"{url}/-/reload", method="POST")).close()
        yield url


def ask(url: str, query: str) -> list[dict]:
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}") as answer:
        return json.load(answer)["data"]["result"]
