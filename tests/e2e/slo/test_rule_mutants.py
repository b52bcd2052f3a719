"""Each part of the SLO rules is held by a rule test: promtool refuses every mutant.

The tests themselves, with figures worked by hand, stand beside the alerts (alerts_src/slo_alerts.py, slo_budgets.py);
that they pass on the rules as they are is tests/e2e/content/test_judges.py.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import yaml
from support.sites import native_site

from platformctl.render import rule_tests, rules
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
TESTS: Final = ("prometheus/tests/slo_alerts.test.yml", "prometheus/tests/slo_budgets.test.yml")
pytestmark = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")

MUTANTS: Final = {
    "a page at 2 times": ("slo", "> 6", "> 1.5", "2 % failing"),
    "the long window of a page forgotten": (
        "slo",
        "and slo:burn_rate:ratio6h > 6",
        "and slo:burn_rate:ratio6h > 5",
        "it is over",
    ),
    "the short window of a page forgotten": (
        "slo",
        "ratio5m > 14.4 and slo:burn_rate:ratio1h",
        "ratio1h > 14.4 and slo:burn_rate:ratio1h",
        "it is over",
    ),
    "no floor for low traffic": ("slo", "[59m30s]) >= 10)", "[59m30s]) >= 1)", "too few to page"),
    "no floor over 30 days": ("slo_budgets", ">= 10", ">= 1", "broken objective"),
    "a ticket without history": ("slo_budgets", ">= 10080", ">= 0", "early outage"),
    "first events missed": ("slo", "offset 1m) == 1", "offset 1m) == 2", "first request ever"),
    "every new series counted whole": (
        "slo",
        "and on (job, instance) slo:target_watched:info",
        "",
        "no burst",
    ),
    "a reset counts nothing": (
        "slo",
        "- last_over_time(edge_requests_total[5m] offset 1m) >= 0",
        "- last_over_time(edge_requests_total[5m] offset 1m)",
        "minute of a restart",
    ),
    "tickets at half the pace": (
        "slo_windows",
        "slo:burn_rate:ratio6h > 1 and slo:burn_rate:ratio3d > 1",
        "slo:burn_rate:ratio6h > 0.5 and slo:burn_rate:ratio3d > 0.5",
        "the budget lasts",
    ),
    "the day's window of a ticket forgotten": (
        "slo_windows",
        "slo:burn_rate:ratio1d > 3",
        "slo:burn_rate:ratio1d > 0.5",
        "seven good hours",
    ),
    "one tier's objective for all": (
        "slo-objectives",
        "on (tier) group_left () slo:tier_objective:ratio{",
        'on () group_left () slo:tier_objective:ratio{tier="gold", ',
        "2 % failing",
    ),
    "facts forgotten with their exporter": (
        "slo-objectives",
        "last_over_time(tenant_info[1h])",
        "last_over_time(tenant_info[1m])",
        "dead exporter",
    ),
    "any two tenants are many": ("slo_alerts", ">= 3", ">= 2", "a gym"),
    "the threshold's bucket not chosen": (
        "slo",
        "and on (tenant, le) slo:tenant_latency_bound:info",
        "and on (tenant) slo:tenant_latency_bound:info",
        "40 % slower",
    ),
    "errors are not counted": ("slo", 'status_class="5xx"', 'status_class="4xx"', "2 % failing"),
    "unknown tenants want an objective": ("slo_budgets", 'tenant!~"', 'tenant!="', "unregistered"),
}


@cache
def release() -> dict[str, str]:
    """The rule files and rule tests of this repository's own workspace."""
    platform = load_platform(ROOT)
    site = native_site(platform)
    artifacts = [*rules.render(platform, site), *rule_tests.render(platform, site)]
    return {artifact.path: artifact.content.decode() for artifact in artifacts}


def judged(folder: Path, *, files: dict[str, str], claim: str) -> subprocess.CompletedProcess[str]:
    """What promtool says of the rules by the tests whose name holds `claim`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for path in TESTS:
        document = yaml.safe_load(files[path])
        document["tests"] = [test for test in document["tests"] if claim in test["name"]]
        if document["tests"]:
            break
    assert document["tests"], f"no rule test speaks of {claim!r}"
    (folder / path).write_text(yaml.safe_dump(document))
    return subprocess.run(
        ["promtool", "test", "rules", str(folder / path)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name: str, tmp_path: Path) -> None:
    area, before, after, claim = MUTANTS[name]
    path = f"prometheus/rules/{area}.yml"
    mutated = release()[path].replace(before, after)
    assert mutated != release()[path], f"{before!r} is not in {path}"
    done = judged(tmp_path, files=release() | {path: mutated}, claim=claim)
    assert done.returncode != 0
    assert "FAILED" in done.stdout + done.stderr
    assert "got:" in done.stdout + done.stderr, "promtool could not even read it"
