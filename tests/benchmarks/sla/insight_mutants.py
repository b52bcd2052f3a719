"""Break exports, baselines, benchmarks and their rules one line at a time, and see that a test notices.

python tests/benchmarks/sla/insight_mutants.py            unit tests, then real servers
python tests/benchmarks/sla/insight_mutants.py --unit     unit tests alone
"""

# ruff: noqa: E501
from __future__ import annotations

import sys

import mutants
from mutants import Mutant

EXPORT, BASELINE, INSIGHT = "tests/unit/export", "tests/unit/baseline", "tests/unit/insight"
EXPORTS, BASELINES, INSIGHTS = "tests/e2e/export", "tests/e2e/baseline", "tests/e2e/insight"

MUTANTS = (
    Mutant("windows overlap by a step", "sla/extract.py", "end_ms=min(start_ms + length_ms, self.span.end_ms)", "end_ms=min(start_ms + length_ms + (self.step_ms or 1), self.span.end_ms + 1)", EXPORT),
    Mutant("a step too few", "sla/extract.py", "(window.length_ms - 1) // step * step", "(window.length_ms - 1) // step * step - step", EXPORT),
    Mutant("a missing piece goes unnoticed", "sla/extract.py", "if part.start_ms != reached:", "if part.start_ms < reached:", EXPORT),
    Mutant("patterns are not anchored", "sources/selectors.py", "lambda found: pattern.fullmatch(found) is not None", "lambda found: pattern.match(found) is not None", EXPORT),
    Mutant("the edge of a range is read twice", "sources/samples.py", "if pair[0] >= start_ms)", "if pair[0] >= 0)", EXPORTS),
    Mutant("warnings are passed over", "sources/samples.py", "            body.refuse_partial()\n", "", EXPORTS),
    Mutant("an answer that breaks off is whole", "sources/samples.py", "raise HistoryUnavailable(\"the answer was cut off\", where=self.url) from error", "return", EXPORTS),
    Mutant("the tenant header is not sent", "sources/samples.py", "if access.organisation:", "if access.user:", EXPORTS),
    Mutant("a limit of the server is the end", "app/export.py", "        except TooMuch as error:\n            shorter = extract.shorter(length)", "        except TooMuch as error:\n            shorter = None", EXPORTS),
    Mutant("a series of two selectors is written twice", "app/export.py", "if not any(earlier.takes(s.labels) for earlier in chosen[:-1])", "if True", EXPORTS),
    Mutant("an export begins anew each time", "app/export.py", "length, reached = extract.first_length_ms(), _resume_at(target, index, span)", "length, reached = extract.first_length_ms(), span.start_ms", EXPORTS),
    Mutant("pieces of another export are mixed in", "sinks/export_files.py", "if before != asked:", "if False:", EXPORTS),
    Mutant("quantiles stop at the bucket's end", "sla/baseline.py", "return start + (bound - start) * (rank - below) / (count - below) if count > below else bound", "return bound", BASELINE),
    Mutant("one request beyond is enough", "sla/baseline.py", "LEAST_BEYOND: Final = 5", "LEAST_BEYOND: Final = 1", BASELINE),
    Mutant("hours of the week are UTC's", "sla/baseline.py", "local = instant.astimezone(clock)", "local = instant.astimezone(UTC)", BASELINE),
    Mutant("clocks change a day late", "sla/baseline.py", "change = _first(lambda at: _offset(at, clock) == after, day - timedelta(days=1), day)", "change = day", BASELINE),
    Mutant("means in place of medians", "sla/baseline.py", "ratio=median(ratios.values())", "ratio=sum(ratios.values()) / len(ratios)", BASELINE),
    Mutant("weeks begin on Monday for Prometheus, too", "render/baseline.py", "return (hour + 24) % 168", "return hour", BASELINE),
    Mutant("one Monday is a baseline", "model/baseline.py", "LEAST_HOURS: Final = 2", "LEAST_HOURS: Final = 1", BASELINE),
    Mutant("an hour is told by its end", "app/baseline.py", "(datetime.fromtimestamp(ms / 1000, UTC) - _HOUR, float(text))", "(datetime.fromtimestamp(ms / 1000, UTC), float(text))", BASELINES),
    Mutant("a changed version is not noticed", "sources/baselines.py", 'if _json(head, path, 1).get("seals") != before:', "if False:", BASELINES),
    Mutant("four peers are enough", "sla/peers.py", "LEAST_PEERS: Final = 5", "LEAST_PEERS: Final = 4", INSIGHT),
    Mutant("peers who are alike are told of", "sla/peers.py", "if len(set(values)) >= LEAST_DISTINCT else None", "", INSIGHT),
    Mutant("the mean of all is typical", "sla/peers.py", "edge = (len(values) - 3) // 2", "edge = 0", INSIGHT),
    Mutant("the median is typical", "sla/peers.py", "edge = (len(values) - 3) // 2", "edge = (len(values) - 1) // 2", INSIGHT),
    Mutant("the tenant is its own peer", "sla/peers.py", "if peer.tenant != tenant.tenant)", ")", INSIGHT),
    Mutant("the size of the group is told", "sla/peers.py", "len(values) // _SIZES * _SIZES", "len(values)", INSIGHT),
    Mutant("what is typical is told to the last digit", "render/insight/data.py", "else two_digits(value)", "else int(value)", INSIGHTS),
    Mutant("the mean of availabilities", "sla/insight.py", "requests=_sum(s.availability.counts for s in members)", "requests=max((s.availability.counts for s in members), key=lambda c: c.total)", INSIGHTS),
    Mutant("an hour more is counted", "app/benchmark.py", "[{span.minutes}m]))\"", "[{span.minutes + 60}m]))\"", INSIGHTS),
    Mutant("who has no data met its objectives", "sla/insight.py", "met=sum(s.known and s.kept for s in members)", "met=sum(s.kept for s in members)", INSIGHTS),
)  # fmt: skip


if __name__ == "__main__":
    unit = (EXPORT, BASELINE, INSIGHT)
    mutants.run([m for m in MUTANTS if m.tests in unit or "--unit" not in sys.argv])
