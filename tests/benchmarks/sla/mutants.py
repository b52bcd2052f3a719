"""Break the report's code one line at a time, and see that a test notices. Prints what was caught.

python tests/benchmarks/sla/mutants.py            unit tests, then the week of known truth
python tests/benchmarks/sla/mutants.py --unit     unit tests alone
"""

# ruff: noqa: E501
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "e2e" / "sla"))

import berlin_week

ROOT = Path(__file__).parents[3]
UNIT, WEEK = "tests/unit/sla", "tests/e2e/sla/test_figures.py"
DOCUMENTS = "tests/e2e/sla/test_documents.py"
LEDGER = "tests/e2e/sla/test_ledger.py"


class Mutant(NamedTuple):
    what: str
    file: str
    before: str
    after: str
    tests: str = UNIT


MUTANTS = (
    Mutant("forgiven failures count as good", "sla/counts.py", "return self.total - self.forgiven", "return self.total"),
    Mutant("an objective met exactly is broken", "sla/counts.py", ">= numerator * self.counted", "> numerator * self.counted"),
    Mutant("spent counts what is forgiven", "sla/counts.py", "Fraction(self.counted_bad * denominator", "Fraction(self.bad * denominator"),
    Mutant("percentages are rounded up", "sla/wording.py", "return f\"{_down(ratio, places)} %\"", "return f\"{-_down(-ratio, places)} %\""),
    Mutant("a credit is owed at the step", "sla/credit.py", "if availability < Fraction(s.below)", "if availability <= Fraction(s.below)"),
    Mutant("the mildest step is owed", "sla/credit.py", "return max((s.percent", "return min((s.percent"),
    Mutant("credits by the better availability", "sla/credit.py", "return min((r for r", "return max((r for r"),
    Mutant("a day is always 24 hours", "sla/period.py", "return _instant(self.last + timedelta(days=1), _MIDNIGHT, self.zone)", "return self.start + timedelta(days=(self.last - self.first).days + 1)"),
    Mutant("weeks begin on Sunday", "sla/period.py", "of.weekday()", "(of.weekday() + 1) % 7"),
    Mutant("the last week is this week", "sla/period.py", "return week(today - timedelta(days=7), zone)", "return week(today, zone)"),
    Mutant("overlapping windows forgive twice", "sla/exclusion.py", "if inside.start <= start and end <= inside.end)\n        if holding:\n            yield Segment", "if inside.start <= start and end <= inside.end)\n        for _ in holding:\n            yield Segment"),
    Mutant("any selection is enough", "sla/exclusion.py", "            and (not self.tiers or tenant.tier in self.tiers)", "            or (bool(self.tiers) and tenant.tier in self.tiers)"),
    Mutant("a roll-up speaks for 61 minutes", "sla/timeline.py", "range(end - 59, end + 1)", "range(end - 60, end + 1)"),
    Mutant("a run loses its first minute", "sla/timeline.py", "start=instant(first - 1)", "start=instant(first)"),
    Mutant("hours are rounded outwards", "sla/timeline.py", "minute_at(of.end) // 60 * 60", "-(-minute_at(of.end) // 60) * 60"),
    Mutant("sums end a minute early", "sla/queries.py", "at=part.end + _LAST_OF_MINUTE,\n    )\n\n\ndef _samples", "at=part.end,\n    )\n\n\ndef _samples", WEEK),
    Mutant("hours without a roll-up are forgotten", "app/sla_gather.py", "for hole in holes)", "for hole in ())", WEEK),
    Mutant("roll-ups and minutes both count", "app/sla_gather.py", "holes = outside(span, whole)", "holes = (span,)", WEEK),
    Mutant("a sum of some minutes speaks for its hour", "app/sla_gather.py", "count == known[end]", "count > 0", WEEK),
    Mutant("what sums of some minutes say is counted besides", "app/sla_gather.py", "outside(hours, sums.keys() - whole)", "(hours,)", WEEK),
    Mutant("what was recorded twice is counted twice", "app/sla_watch.py", "if count > 1)", "if count > 2)", DOCUMENTS),
    Mutant("a gap counts as down", "sla/assemble.py", "total=len(evidence.watch.observed), bad=len(down)", "total=len(evidence.watch.observed), bad=len(down) + 20", WEEK),
    Mutant("a minute in which nothing was asked is observed", "app/sla_watch.py", "ran & (asked or ran) &", "ran &", WEEK),
    Mutant("a minute in which nothing counted is observed", "app/sla_watch.py", "(counted if counting else ran)", "ran", WEEK),
    Mutant("an outage is a gap where nothing counted either", "app/sla_watch.py", "minutes(counting, value=0) | unreachable", "minutes(counting, value=0)", WEEK),
    Mutant("what answers a probe is an outage all the same", "app/sla_watch.py", "unreachable = silent - answering", "unreachable = silent", WEEK),
    Mutant("where nothing probed it is a gap", "app/sla_watch.py", "silent & minutes(probes, value=1)", "silent - minutes(probes, value=0)", WEEK),
    Mutant("a gateway that is not read is not told of", "sla/assemble.py", "(evidence.watch.unread & evidence.watch.observed)", "frozenset()", WEEK),
    Mutant("an outage is told of as partly observed, too", "sla/assemble.py", " - evidence.watch.unreachable)),", ")),", WEEK),
    Mutant("a platform's outage is nobody's downtime", 'sla/assemble.py', 'own | evidence.watch.unreachable if', 'own if', WEEK),
    Mutant("an excluded window is everybody's", 'sla/counted.py', 'for f in forgiven if f.segment.excuses(tenant))', 'for f in forgiven)', WEEK),
    Mutant("a tenant without data is fine", "sla/assemble.py", "known = evidence.events.total.has(tenant.id, slo.AVAILABILITY)", "known = True", WEEK),
    Mutant("strangers are passed over", "sla/assemble.py", "sorted(found - known)", "sorted(found & set())", WEEK),
    Mutant("credits are owed for weeks", "sla/assemble.py", " if asked.period.kind is PeriodKind.MONTH else None", "", WEEK),
    Mutant("slow answers are not counted", 'sla/assemble.py', 'promise_of(tenant, slo.LATENCY', 'promise_of(tenant, slo.AVAILABILITY', WEEK),
    Mutant("throttled requests are never ours", 'sla/counted.py', 'if throttled and throttled.ours:', 'if throttled and False:', WEEK),
    Mutant("their throttled requests count as good", 'sla/counted.py', 'total -= throttled.count', 'total -= 0', WEEK),
    Mutant("a percentile is its lower bound", "sla/percentile.py", "if bucket.count >= rank:", "if bucket.count > rank * 0:", WEEK),
    Mutant("the rank is rounded down", "sla/percentile.py", "-(-share.numerator * total // share.denominator)", "share.numerator * total // share.denominator", UNIT),
    Mutant("buckets are believed", "sla/percentile.py", "return all(fewer <= more", "return True or all(fewer <= more", WEEK),
    Mutant("a fault begins with its alert", "sla/fault.py", "return Interval(start=found[0].start", "return Interval(start=alert.start", WEEK),
    Mutant("the pause behind a fault is a part of it", "sla/fault.py", "end=found[-1].end - beyond)", "end=found[-1].end)", WEEK),
    Mutant("a fault ends with its first pause", "sla/fault.py", "found[-1].end", "found[0].end", UNIT),
    Mutant("one tenant's post-mortem is everybody's", "sla/assemble.py", "if f.whom == EVERYBODY]", "]", WEEK),
    Mutant("incidents of others are told", "sla/assemble.py", "        if not incident.tenant or incident.tenant in among\n", "", WEEK),
    Mutant("what recurs is by UTC", "sla/recurrence.py", "tzinfo=ZoneInfo(self.zone))", "tzinfo=UTC)", WEEK),
    Mutant("what recurs ends on its own day", "sla/recurrence.py", "day + _DAY if self.closes <= self.opens else day", "day", UNIT),
    Mutant("the least is told without the events inside", "sla/report.py", "max(0, good - at.inside.good)", "max(0, good)"),
    Mutant("the least is told without the failures outside", "sla/report.py", "bad + at.outside.bad + at.forgiven", "bad + at.forgiven"),
    Mutant("the most is told without the failures beside windows", "sla/report.py", "bad - at.inside.bad - at.unforgiven", "bad - at.inside.bad"),
    Mutant("cuts inside excluded time are borders", "sla/counted.py", "windows = tuple(runs(minute for f in excused for minute in f.segment.when.ends))", "windows = tuple(f.segment.when for f in excused)", WEEK),
    Mutant("the minute after a border is before it", "app/sla_gather.py", "<= last_before else after", "<= last_before + 1 else after", WEEK),
    Mutant("faults without an alert are left out", "sla/assemble.py", "(*fired, *undetected(fired, terms.faults, asked.tenants, asked.span))", "fired", WEEK),
    Mutant("faults that an alert told of are told twice", "sla/fault.py", " or (fault.when, fault.cause) in told", ""),
    Mutant("what was changed after it was entered is believed", "sinks/sla_ledger.py", "if _seal(line) != one.seal:", "if False:"),
    Mutant("what was taken out of the ledger is not missed", "sinks/sla_ledger.py", "if not len(sealed) <= len(lines) <= len(sealed) + 1:", "if False:"),
    Mutant("the register's own chain is not held together", "sinks/sla_ledger.py", 'if body.pop("before") != _seal(before):', 'if body.pop("before") is None:'),
    Mutant("of two who enter at once both do", "sinks/sla_ledger.py", "!= after:", "is None:"),
    Mutant("a closed period is told as the history has it", "sla/ledger.py", "    if not due:\n", "    if True:\n"),
    Mutant("another latency objective is no correction", "sla/ledger.py", "of {wording.target(s.latency.target)} within", "within"),
    Mutant("a tenant that is left out is not told of", "sla/ledger.py", "    if before.scope == after.scope:\n", "    if False:\n"),
    Mutant("earlier periods exclude nothing", "sla/assemble.py", "past.events, terms, excusing(tenant, past.forgiven))", "past.events, terms)", LEDGER),
    Mutant("earlier periods are never those of the ledger", "sla/assemble.py", "    if earlier.stated is not None:\n        return earlier.stated.get(tenant.id)\n", "", LEDGER),
    Mutant("replicas are added up", "app/sla_gather.py", "        if key in seen:\n", "        if False:\n", DOCUMENTS),
    Mutant("periods are closed by any clock", "app/sla_report.py", "if abs(self.ahead) > _MOST_SKEW:", "if False:", DOCUMENTS),
    Mutant("others are named in texts", "sla/assemble.py", "reason = discreet(reason, tenant, terms.tenants)", "pass", DOCUMENTS),
    Mutant("partial answers are whole", "sources/history.py", "said = _missing(response) if response.ok else ()", "said = ()", DOCUMENTS),
)  # fmt: skip


def caught(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests fail with the mutant in place."""
    copy = folder / "stack"
    shutil.copytree(ROOT / "stack" / "platformctl", copy / "platformctl", dirs_exist_ok=True)
    shutil.copytree(ROOT / "cli" / "platformctl_cli", copy / "platformctl_cli", dirs_exist_ok=True)
    file = copy / "platformctl" / mutant.file
    text = file.read_text()
    assert text.count(mutant.before) == 1, (
        f"{mutant.what}: {mutant.before!r} is there {text.count(mutant.before)} times"
    )
    file.write_text(text.replace(mutant.before, mutant.after))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mutant.tests],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout.decode()[-500:]
    return done.returncode == 1


def run(chosen: Sequence[Mutant]) -> None:
    """Try them one after the other, against one server; ends with 1 when one survives."""
    with tempfile.TemporaryDirectory(prefix="week-") as folder, berlin_week.serving(Path(folder)) as url:
        os.environ["BERLIN_WEEK_URL"] = url
        _run(chosen)


def _run(chosen: Sequence[Mutant]) -> None:
    for tests in dict.fromkeys(mutant.tests for mutant in chosen):
        control = Mutant("nothing", "sla/counts.py", "NOTHING = ", "NOTHING = ", tests)
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            assert not caught(control, Path(folder)), f"{tests} fails without any mutant"
    survived = 0
    for mutant in chosen:
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            found = caught(mutant, Path(folder))
        survived += not found
        print(f"{'caught  ' if found else 'SURVIVED'} {mutant.what} ({mutant.file})", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} caught")
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    run([m for m in MUTANTS if m.tests == UNIT or "--unit" not in sys.argv])
