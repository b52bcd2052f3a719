"""The figures of a week of known truth (berlin_week.py), against figures worked by hand.

Traffic in 10,115 minutes, 10,120 observed. At 100 requests a minute: 1,011,500 requests.
"""

from __future__ import annotations

import pytest
from reports import Reports

pytestmark = pytest.mark.e2e

REQUESTS = 10_115 * 100


def counts(statement: dict, what: str = "availability") -> tuple[int, int, int]:
    c = statement[what]["counts"] if what != "minutes" else statement["minutes"]
    return c["total"], c["bad"], c["forgiven"]


def test_every_tenants_counts_are_exact(week: Reports) -> None:
    found = {tenant: counts(s) for tenant, s in week.statements().items()}
    assert found == {
        "absent": (0, 0, 0),
        "faulty": (REQUESTS, 30 * 100, 0),
        "late": (50_950, 0, 0),  # from Thursday 12:00: 85 hours, less 5 minutes of outage, at 10 a minute
        "noisy": (REQUESTS, 10_115, 0),
        "quiet": (0, 0, 0),
        "slow": (REQUESTS, 10_115, 0),  # one of a hundred is throttled: ours, by its contract
        "steady": (REQUESTS, 0, 0),
        "upgraded": (REQUESTS, 130 * 100, 120 * 100),
    }


def test_availability_is_good_over_counted_and_rounded_down(week: Reports) -> None:
    found = week.statements()
    # 1,008,500 / 1,011,500 = 99.70341...; 998,500 / 999,500 = 99.899949...
    assert found["faulty"]["availability"]["counts"]["percent"] == "99.7034"
    assert found["upgraded"]["availability"]["counts"]["percent"] == "99.8999"
    assert found["noisy"]["availability"]["counts"]["percent"] == "99.0000"


def test_an_objective_met_to_the_last_request_is_met(week: Reports) -> None:
    noisy = week.statements()["noisy"]["availability"]
    assert (noisy["kept"], noisy["budget_left_percent"]) == (True, "0.0")


def test_the_budget_of_the_broken_objective_is_overspent(week: Reports) -> None:
    """Allowed: 0.1 % of 1,011,500 = 1,011.5. Spent: 3,000 / 1,011.5 = 296.589 %, rounded up; left, down."""
    faulty = week.statements()["faulty"]["availability"]
    assert (faulty["budget_spent_percent"], faulty["budget_left_percent"]) == ("296.6", "-196.6")


def test_down_minutes_are_the_faults_and_the_platforms(week: Reports) -> None:
    found = {tenant: counts(s, "minutes") for tenant, s in week.statements().items() if s["known"]}
    assert found["steady"] == (10_120, 5, 0)
    assert found["faulty"] == (10_120, 35, 0)
    assert found["upgraded"] == (10_120, 135, 120)


def test_five_percent_too_slow_break_a_latency_objective_of_99(week: Reports) -> None:
    slow = week.statements()["slow"]
    assert counts(slow, "latency") == (REQUESTS, REQUESTS * 5 // 100, 0)
    assert (slow["latency"]["counts"]["percent"], slow["latency"]["kept"]) == ("95.0000", False)


def test_requests_are_told_by_status_class(week: Reports) -> None:
    classes = {c["name"]: c["count"] for c in week.statements()["noisy"]["classes"]}
    assert classes == {"2xx": 10_115 * 79, "4xx": 10_115 * 20, "5xx": 10_115}


def test_gaps_and_outages_are_named_to_the_minute(week: Reports) -> None:
    quality = week.told()["quality"]
    assert quality["gaps"] == [{"start": "2026-10-20T12:00:00Z", "end": "2026-10-20T12:20:00Z"}]
    assert quality["outages"] == [{"start": "2026-10-24T10:00:00Z", "end": "2026-10-24T10:05:00Z"}]
    assert quality["partial"] == [{"start": "2026-10-22T13:00:00Z", "end": "2026-10-22T13:07:00Z"}]
    assert any("stranger" in note for note in quality["notes"])


def test_what_a_probe_tells_of_unanswered_scrapes_is_said(week: Reports) -> None:
    """Answered from outside, they are a gap; where nothing probed, an outage by scrapes alone."""
    unread, unprobed = (note for note in week.told()["quality"]["notes"] if "probe" in note)
    assert unread.startswith("4 min not observed: no scrape was answered, but a probe")
    assert unprobed.startswith("2 min of outage without a probe")
    assert [n for n in week.told(period="2026-10-19")["quality"]["notes"] if "probe" in n] == []


def test_a_tenant_without_data_has_no_figure_and_no_verdict(week: Reports) -> None:
    absent = week.statements()["absent"]
    assert (absent["known"], absent["kept"], "percent" in absent["minutes"]) == (False, None, False)
    line = next(line for line in week.run().stdout.splitlines() if line.startswith("absent"))
    assert "%" not in line.replace("99.9 %", "")  # its objective, and nothing else
    assert "no data" in line


def test_a_tenant_without_requests_keeps_its_budget(week: Reports) -> None:
    quiet = week.statements()["quiet"]
    assert quiet["kept"] is True
    assert "No requests in the period: the error budget is untouched." in quiet["notes"]


def test_days_add_up_to_the_week(week: Reports) -> None:
    """Monday to Sunday in Berlin; the last day has 25 hours."""
    days = [week.statements(period=f"2026-10-{day}") for day in range(19, 26)]
    whole = week.statements()
    for tenant in whole:
        for what in ("availability", "latency", "minutes"):
            summed = tuple(map(sum, zip(*(counts(day[tenant], what) for day in days), strict=True)))
            known = what != "minutes" or all(day[tenant]["known"] for day in days)
            if known:
                assert summed == counts(whole[tenant], what), (tenant, what)
    assert counts(days[-1]["steady"], "minutes")[0] == 25 * 60


def test_a_zone_of_45_minutes_is_cut_by_the_minute(week: Reports) -> None:
    """Kathmandu is 5:45 ahead: Wednesday there is 20 October 18:15 UTC to 21 October 18:15, all of the fault."""
    found = week.statements(period="2026-10-21", zone="Asia/Kathmandu")
    assert counts(found["faulty"]) == (24 * 60 * 100, 3000, 0)
    # Tuesday there is 19 October 18:15 to 20 October 18:15: the gap of 20 minutes is in it
    found = week.statements(period="2026-10-20", zone="Asia/Kathmandu")
    assert counts(found["steady"]) == ((24 * 60 - 20) * 100, 0, 0)


def test_a_span_is_cut_at_its_minutes(week: Reports) -> None:
    """Wednesday 09:45 to 10:15 local holds the first quarter of an hour of the fault."""
    span = "2026-10-21T09:45..2026-10-21T10:15"
    assert counts(week.statements(period=span)["faulty"]) == (3000, 1500, 0)
    assert week.statements(period=span)["faulty"]["past"] == []


def test_credits_are_owed_for_months_by_the_worse_availability(week: Reports) -> None:
    """faulty in October: 99.70 % of requests and (10,120 - 35) / 10,120 = 99.65 % of minutes: below 99.9 %."""
    month, one_week = week.statements(period="2026-10"), week.statements()
    assert {t: s["credit"] for t, s in month.items()} == {
        "absent": None,
        "faulty": "10",
        "late": None,
        "noisy": None,
        "quiet": None,
        "slow": None,
        "steady": "0",
        "upgraded": "10",  # by minutes: 10,000 less 15 = 99.85 %
    }
    assert {s["credit"] for s in one_week.values()} == {None}


def test_a_month_of_which_one_week_was_observed_says_so(week: Reports) -> None:
    """October in Berlin has 31 x 24 + 1 hours = 44,700 minutes; 10,120 of them were observed."""
    gaps = week.told(period="2026-10")["quality"]["gaps"]
    assert len(gaps) == 3
    out = week.told("--tenant", "steady", period="2026-10")
    assert out["statements"][0]["minutes"]["total"] == 10_120


def test_incidents_last_from_the_first_minute_of_the_alert_to_the_last(week: Reports) -> None:
    incidents = {i["alert"]: i for i in week.told()["incidents"]}
    assert incidents["ErrorBudgetBurnFast"]["when"] == {
        "start": "2026-10-21T08:02:00Z",
        "end": "2026-10-21T08:36:00Z",
    }
    assert incidents["ServiceDown"]["tenant"] == ""


def test_the_same_history_gives_the_same_bytes(week: Reports) -> None:
    assert week.run("--json").stdout == week.run("--json").stdout


def test_a_breach_ends_with_3_where_that_is_asked_for(week: Reports) -> None:
    assert week.run().code == 0
    broken = week.run("--fail-on-breach")
    assert (broken.code, "objectives not met: faulty, slow" in broken.stderr) == (3, True)
    assert week.run("--fail-on-breach", "--tenant", "steady").code == 0


def test_a_tenant_that_came_on_thursday_says_so(week: Reports) -> None:
    (late,) = week.told("--tenant", "late")["statements"]
    assert late["notes"] == ["Counted since 2026-10-22 12:00 +0200: nothing is known of it before."]
    assert week.told("--tenant", "steady")["statements"][0]["notes"] == []


def test_throttled_requests_are_ours_or_theirs_by_contract(week: Reports) -> None:
    found = {t: s["throttled"] for t, s in week.statements().items() if s["throttled"]}
    assert found == {
        "slow": {"count": 10_115, "ours": True},
        "upgraded": {"count": 2 * 10_115, "ours": False},  # two of 102, left out: 100 remain
    }
    assert week.statements()["slow"]["availability"]["counts"]["percent"] == "99.0000"


def test_a_percentile_lies_between_two_recorded_bounds(week: Reports) -> None:
    """slow: 95 of 100 requests within 100 ms, the other five between 1 and 2.5 s."""
    found = {
        t: {p["percent"]: (p["over"], p["at_most"]) for p in s["percentiles"]}
        for t, s in week.statements().items()
    }
    assert found["slow"] == {50: ("0", "0.1"), 95: ("0", "0.1"), 99: ("1", "2.5")}
    assert found["steady"] == {50: ("0", "0.1"), 95: ("0", "0.1"), 99: ("0", "0.1")}
    assert found["quiet"] == found["absent"] == {}


def test_buckets_that_contradict_the_count_give_no_percentile(week: Reports) -> None:
    noisy = week.statements()["noisy"]
    assert (noisy["percentiles"], noisy["buckets"]) == ([], [])
    assert any("no percentile is given" in note for note in noisy["notes"])


def test_a_fault_is_timed_from_its_first_failing_minute_to_its_last(week: Reports) -> None:
    """It began at 08:00 and lasted half an hour; the alert fired in the minute that ended at 08:03."""
    burn = next(i for i in week.told()["incidents"] if i["alert"] == "ErrorBudgetBurnFast")
    assert burn["fault"] == {"start": "2026-10-21T08:00:00Z", "end": "2026-10-21T08:30:00Z"}
    assert (burn["basis"], burn["minutes_to_detect"], burn["minutes_to_repair"]) == (
        "recorded failures",
        2,
        30,
    )


def test_a_post_mortem_comes_before_what_was_recorded(reports: Reports) -> None:
    (reports.workspace.folder / "slas" / "incidents.yml").write_text(
        "incidents:\n"
        '  - {id: a, start: "2026-10-21T07:55Z", end: "2026-10-21T08:40Z", cause: Pool, tenants: [faulty]}\n'
        '  - {id: b, start: "2026-10-24T09:00Z", end: "2026-10-24T11:00Z", cause: Not theirs, tenants: [slow]}\n'
    )
    found = {i["alert"]: i for i in reports.run("--json").json["incidents"]}
    burn, down = found["ErrorBudgetBurnFast"], found["ServiceDown"]
    assert (burn["basis"], burn["cause"]) == ("post-mortem", "Pool")
    assert (burn["minutes_to_detect"], burn["minutes_to_repair"]) == (7, 45)
    # the platform's: its outage of five minutes; what was established for one tenant is not everybody's
    assert (down["basis"], down["cause"], down["minutes_to_repair"]) == ("recorded failures", "", 5)


def test_what_recurs_is_excluded_by_the_clock_on_the_wall(reports: Reports) -> None:
    """Sundays two to four in Berlin: on the day of 25 hours that is 00:00 to 03:00 UTC, and covers the upgrade."""
    (reports.workspace.folder / "slas" / "maintenance.yml").write_text(
        "recurring:\n  - id: sundays\n    repeat: FREQ=WEEKLY;BYDAY=SU\n    since: '2026-01-01'\n"
        "    from: '02:00'\n    to: '04:00'\n    zone: Europe/Berlin\n    reason: Agreed\n    tiers: [silver]\n"
    )
    (mine,) = reports.run("--json", "--tenant", "upgraded").json["statements"]
    assert counts(mine) == (REQUESTS, 13_000, 13_000)
    assert [e["id"] for e in mine["excused"]] == ["sundays-2026-10-25"]
    assert mine["excused"][0]["when"] == {"start": "2026-10-25T00:00:00Z", "end": "2026-10-25T03:00:00Z"}


def test_a_tiers_report_tells_of_no_other_tiers_incidents(week: Reports) -> None:
    assert [i["alert"] for i in week.told("--tier", "bronze")["incidents"]] == ["ServiceDown"]


@pytest.mark.parametrize(
    ("period", "least", "most"),
    [
        # nothing is recorded before the week nor after it: 200 good requests of its first and last minute may be
        # outside; 1,008,300 / 1,011,300 and 1,008,500 / 1,011,500
        ("2026-W43", "99.7033", "99.7035"),
        # 200 may belong outside, and 200 from outside in: 140,800 / 143,800 and 141,200 / 144,200
        ("2026-10-21", "97.9137", "97.9196"),
        # from 15 minutes before the fault to its middle: 1,400 / 3,000 and 1,600 / 3,000
        ("2026-10-21T09:45..2026-10-21T10:15", "46.6666", "53.3334"),
    ],
)
def test_the_uncertainty_is_stated_to_the_digit(week: Reports, period: str, least: str, most: str) -> None:
    faulty = week.statements(period=period)["faulty"]["availability"]
    assert (faulty["least_percent"], faulty["most_percent"], faulty["certain"]) == (least, most, True)


def test_a_verdict_that_a_border_could_turn_says_so(week: Reports) -> None:
    """noisy meets its 99 % to the last request; a good one less in either minute, and it would not."""
    noisy = week.statements()["noisy"]["availability"]
    assert (noisy["kept"], noisy["certain"]) == (True, False)
    assert "too close to say for certain" in week.run("--tenant", "noisy").stdout


def test_what_is_excluded_is_uncertain_at_the_borders_of_its_window(week: Reports) -> None:
    """It fails at 100 a minute on the inner side of the window's start, and on both sides of its end.

    Of 102 requests a minute two are throttled: left out of the figure, but not of what it may be wrong by.
    """
    at = week.statements()["upgraded"]["availability"]["borders"]
    assert (at["forgiven"], at["unforgiven"]) == (200, 100)
    assert (at["inside"]["total"], at["outside"]["total"]) == (204, 0)


def test_a_fault_without_an_alert_is_an_incident(reports: Reports) -> None:
    (reports.workspace.folder / "slas" / "incidents.yml").write_text(
        'incidents:\n  - {id: a, start: "2026-10-22T07:00Z", end: "2026-10-22T07:45Z", cause: Pool, tenants: [slow]}\n'
    )
    found = next(i for i in reports.run("--json", "--tenant", "slow").json["incidents"] if not i["alert"])
    assert (found["minutes_to_detect"], found["minutes_to_repair"], found["cause"]) == (None, 45, "Pool")
    assert [i["alert"] for i in reports.run("--json", "--tenant", "steady").json["incidents"]] == [
        "ServiceDown"
    ]
