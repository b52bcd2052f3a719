"""Benchmarks, summaries and peer comparisons of two weeks of known truth (support/insight_history.py)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from insights import HOURS, Insights
from support import insight_history
from support.in_process import run_here

pytestmark = pytest.mark.e2e


def cut(told: dict, which: str, **where: str) -> dict:
    (found,) = [c for c in told[which] if all(c[key] == value for key, value in where.items())]
    return found


def test_ratios_are_ratios_of_sums(insights: Insights) -> None:
    """Gold hotels: 26,000 requests an hour, 28 failed: 25,972 / 26,000 = 99.8923 %."""
    found = cut(insights.told("verticals"), "by_vertical_and_tier", vertical="hotels", tier="gold")
    assert found["requests"] == {
        "total": 26_000 * HOURS,
        "bad": 28 * HOURS,
        "forgiven": 0,
        "percent": "99.8923",
    }
    assert found["latency"]["percent"] == "99.0000"


def test_business_is_added_up_by_vertical_and_tier(insights: Insights) -> None:
    told = insights.told("verticals")
    assert cut(told, "by_vertical", vertical="gyms")["business"] == {
        "revenue_cents": 400 * HOURS,
        "goals": 4 * HOURS,
        "tool_runs": 4 * HOURS,
        "actions": 10 * HOURS,
    }
    assert cut(told, "by_tier", tier="bronze")["business"]["revenue_cents"] == 1_200 * HOURS


def test_every_cut_adds_up_to_the_whole(insights: Insights) -> None:
    told = insights.told("verticals")
    for which in ("by_vertical", "by_tier", "by_vertical_and_tier"):
        assert sum(c["tenants"] for c in told[which]) == told["whole"]["tenants"] == 12
        for figure in insight_history.FIGURES:
            assert sum(c["business"][figure] for c in told[which]) == told["whole"]["business"][figure]


def test_growth_is_against_the_period_before(insights: Insights) -> None:
    told = insights.told("executive")
    assert told["whole"]["business_before"]["revenue_cents"] * 2 == told["whole"]["business"]["revenue_cents"]
    assert "+100.0 % against the period before" in insights.run("executive").stdout


def test_the_summary_names_what_was_met_and_who_is_at_risk(insights: Insights) -> None:
    """Allowed 1 of 1,000. h6: 2 of 1,000, left -100 %. h5: 1 of 1,000, left 0. h4: half."""
    told = insights.told("executive")
    assert told["least_budget_left"] == [
        {"tenant": "h6", "budget_left_percent": "-100.0"},
        {"tenant": "h5", "budget_left_percent": "0.0"},
        {"tenant": "h4", "budget_left_percent": "50.0"},
    ]
    assert (told["whole"]["with_data"], told["whole"]["objectives_met"], told["active_tenants"]) == (
        11,
        10,
        10,
    )
    shown = insights.run("executive").stdout
    assert "10 of 12 tenants met their objectives; 1 did not, 1 without data." in shown
    assert "Payments of 47,544.00" in shown  # 28,300 cents an hour


def test_a_tenant_sees_what_is_typical_of_its_vertical_and_tier(insights: Insights) -> None:
    """Of h1 the five others have 2, 3, 4, 6 and 10 thousand requests an hour: (3 + 4 + 6) / 3 x 168 = 728,000."""
    told = insights.told("peers", "--tenant", "h1")
    assert told["group"] == {"vertical": "hotels", "tier": "gold"}
    by_name = {f["figure"]: f for f in told["figures"]}
    assert by_name["requests"] == {
        "figure": "requests",
        "own": 1000 * HOURS,
        "typical": 730_000,
        "place": "lowest quarter",
        "peers_at_least": 5,
    }
    # goals: 6, 8, 10, 12, 14 an hour; availability: 99.8, 99.9, 99.95 and twice 100 %: the middle ones 99.95
    assert by_name["goals"]["typical"] == 1_700
    assert by_name["availability"]["typical"] == "99.95"
    # all answer 99 % fast enough: telling what is typical would tell each one's
    assert (by_name["fast_enough"]["typical"], by_name["fast_enough"]["own"]) == (None, "99.0000")


def test_a_group_that_is_too_small_is_widened(insights: Insights) -> None:
    """h7 is the only bronze hotel: six other hotels. g1 is one of two gyms: all ten others with data."""
    assert insights.told("peers", "--tenant", "h7")["group"] == {"vertical": "hotels", "tier": None}
    assert insights.told("peers", "--tenant", "g1")["group"] == {"vertical": None, "tier": None}


def test_a_comparison_holds_no_other_tenants_name_or_figure(insights: Insights, tmp_path: Path) -> None:
    insights.run("peers", "--tenant", "h4", "--out", str(tmp_path))
    names = [*(t for t in insight_history.TENANTS if t != "h4"), "x1"]
    figures = {f"{v[2] * HOURS}" for t, v in insight_history.TENANTS.items() if t != "h4" and v[2]}
    for path in tmp_path.iterdir():
        text = path.read_text()
        assert "Name of h4" in text or '"tenant": "h4"' in text
        assert [name for name in names if f"Name of {name}" in text or f'"{name}"' in text] == []
        numbers = set(re.findall(r"\d+", text.replace(",", "")))
        assert numbers & figures == set()
        assert str(4000 * HOURS) in numbers
        assert "revenue" not in text.partition("Appendix")[0].lower()


def test_files_come_in_three_forms(insights: Insights, tmp_path: Path) -> None:
    insights.run("executive", "--out", str(tmp_path))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"executive-2026-W46.{ending}" for ending in ("html", "json", "md")
    ]
    html = (tmp_path / "executive-2026-W46.html").read_text()
    assert "<script" not in html
    assert "h6" in html


def test_a_tenant_without_data_is_not_compared(insights: Insights) -> None:
    where = ("-p", "2026-W46", "--prometheus", insights.url)
    ran = run_here(insights.folder, "insight", "peers", "--tenant", "x1", *where)
    assert (ran.code, "holds nothing of x1" in ran.stderr) == (1, True)
