"""Run the unit tests that the alerts bring along, as promtool runs them, and tell the outcome claim by claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from platformctl.app.session import Request, open_offline
from platformctl.checks.alert_has_tests import alert_has_tests
from platformctl.errors import UsageError
from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.model.rules import AlertArea, AlertRule, AlertTest
from platformctl.model.site import Site
from platformctl.render import rule_tests, rules
from platformctl.sinks.runtime import SurveyOptions
from platformctl.sources.definitions import load_platform
from platformctl.sources.judges import RULE_TESTS, Files, Judge


class Result(StrEnum):
    """SKIPPED where promtool is missing: nothing is known."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimResult:
    """One claim; fires: whether it expects an alert, or silence; detail: promtool's complaint."""

    claim: str
    fires: bool
    result: Result
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertResult:
    """All claims of one alert; lacking: the kinds of claims that it should have and has not."""

    area: str
    alert: str
    where: str
    claims: tuple[ClaimResult, ...]
    lacking: tuple[str, ...]

    @property
    def result(self) -> Result:
        """An alert that lacks a test fails, whatever its other claims say."""
        results = {claim.result for claim in self.claims}
        if self.lacking or Result.FAILED in results:
            return Result.FAILED
        return Result.SKIPPED if Result.SKIPPED in results else Result.PASSED


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertsReport:
    """Every alert that was asked for, area by area; skipped: why promtool said nothing, and the remedy."""

    alerts: tuple[AlertResult, ...]
    skipped: str = ""

    def count(self, result: Result) -> int:
        """How many alerts ended so."""
        return sum(1 for alert in self.alerts if alert.result is result)


Tell = Callable[[str], None]


def run_alert_tests(request: Request, area: str, *, tell: Tell, judge: Judge = RULE_TESTS) -> AlertsReport:
    """Test one area, or all where it is empty; `tell` hears each area's name before it is tested."""
    session = open_offline(request)
    platform = load_platform(session.workspace.content)
    site = session.runtime.default_site(platform, SurveyOptions(demo=request.demo))
    bench = _Bench(platform, site, judge)
    results: list[AlertResult] = []
    skipped = ""
    for chosen in _chosen(platform, area):
        tell(chosen.name)
        problems = bench.problems_of(chosen)
        skipped = next((f"{p.what}\n  fix: {p.fix}" for p in problems if p.level is Level.SKIPPED), skipped)
        results.extend(bench.results(chosen, problems))
    return AlertsReport(alerts=tuple(results), skipped=skipped)


def _chosen(platform: Platform, wanted: str) -> tuple[AlertArea, ...]:
    areas = {area.name: area for area in platform.areas if area.alerts}
    if wanted and wanted not in areas:
        raise UsageError(
            f"there is no area {wanted!r} with alerts",
            fix=f"platformctl test-alerts with one of: {', '.join(sorted(areas))}",
        )
    return (areas[wanted],) if wanted else tuple(areas.values())


@dataclass(frozen=True, slots=True)
class _Bench:
    """A platform, the site its rules are rendered for, and who judges them."""

    platform: Platform
    site: Site
    judge: Judge

    def problems_of(self, area: AlertArea) -> tuple[Problem, ...]:
        """The verdict on the area's generated test file."""
        return self._verdict(self.platform, area)

    def results(self, area: AlertArea, problems: tuple[Problem, ...]) -> Iterator[AlertResult]:
        """Each alert of the area; where the file as a whole has failed, each claim is asked for itself."""
        for alert in area.alerts:
            yield AlertResult(
                area=area.name,
                alert=alert.name,
                where=self.platform.origin("alert", alert.name),
                claims=tuple(self._claim(area, alert, test, problems) for test in alert.tests),
                lacking=tuple(self._lacking(area, alert)),
            )

    def _claim(
        self, area: AlertArea, alert: AlertRule, test: AlertTest, problems: tuple[Problem, ...]
    ) -> ClaimResult:
        own = problems
        if any(p.level is Level.ERROR for p in problems):
            own = self._verdict(_with_only(self.platform, area, alert, test), area)
        errors = [p.what for p in own if p.level is Level.ERROR]
        result = Result.FAILED if errors else Result.SKIPPED if own else Result.PASSED
        return ClaimResult(claim=test.claim, fires=bool(test.firing), result=result, detail="\n".join(errors))

    def _lacking(self, area: AlertArea, alert: AlertRule) -> Iterator[str]:
        alone = replace(self.platform, areas=(replace(area, alerts=(alert,)),))
        yield from (problem.what for problem in alert_has_tests(alone))

    def _verdict(self, platform: Platform, area: AlertArea) -> tuple[Problem, ...]:
        judge = replace(self.judge, subjects=rule_tests.test_path(area))
        return tuple(judge(self._files(platform)))

    def _files(self, platform: Platform) -> Files:
        rendered = (*rules.render(platform, self.site), *rule_tests.render(platform, self.site))
        files: dict[str, Artifact] = {artifact.path: artifact for artifact in rendered}
        return files


def _with_only(platform: Platform, area: AlertArea, alert: AlertRule, test: AlertTest) -> Platform:
    """The platform with all of its rules, and in this area just one test."""
    alerts = tuple(replace(a, tests=(test,) if a is alert else ()) for a in area.alerts)
    only = replace(area, alerts=alerts)
    return replace(platform, areas=tuple(only if a is area else a for a in platform.areas))
