"""What tenants do is counted exactly: raw counters against sums worked by hand, by promtool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from support.sites import native_site

from platformctl.render import rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
AREAS = ("slo-objectives", "slo", "business_counts")
WHO = 'job="api", instance="a", tenant="inn"'
pytestmark = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")

SERIES = {
    'up{job="api", instance="a"}': "1x250",
    # 100 cents a minute; after half an hour a restart, then 50 at once and 40 a minute
    f'revenue_amount_cents_total{{{WHO}, kind="payment"}}': "0+25x120 50+10x129",
    f'revenue_amount_cents_total{{{WHO}, kind="refund"}}': "0+1000x250",
    # a first goal ever, after half an hour; trials that become customers are our goals, not theirs
    f'conversions_total{{{WHO}, goal="booking"}}': "_x120 1x60 3x70",
    f'conversions_total{{{WHO}, goal="trial_to_paid"}}': "0+1x250",
    f'tool_runs_total{{{WHO}, tool="market_edge"}}': "5+0x80 6x170",
    f'tool_runs_total{{{WHO}, tool="value_edge"}}': "0+1x250",
}
EXPECTED = {
    # 120 samples of 25, then after the restart 50 and 119 samples of 10
    'sum(tenant:business:increment1h{tenant="inn", figure="revenue_cents"})': 3_000 + 50 + 1_190,
    'sum(tenant:business:increment1h{tenant="inn", figure="goals"})': 3,
    'sum(tenant:business:increment1h{tenant="inn", figure="tool_runs"})': 1 + 240,
}


def test_hours_hold_what_was_counted_and_no_more(tmp_path: Path) -> None:
    platform = load_platform(ROOT)
    made = {a.path: a.content for a in rules.render(platform, native_site(platform))}
    for area in AREAS:
        (tmp_path / f"{area}.yml").write_bytes(made[f"prometheus/rules/{area}.yml"])
    document = {
        "rule_files": [f"{area}.yml" for area in AREAS],
        "evaluation_interval": "1m",
        "group_eval_order": [f"{area}-recording" for area in AREAS],
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": name, "values": values} for name, values in SERIES.items()],
                "promql_expr_test": [
                    {"expr": expr, "eval_time": "60m", "exp_samples": [{"labels": "{}", "value": value}]}
                    for expr, value in EXPECTED.items()
                ],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(document))
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
