from dataclasses import replace

import pytest
from support import sample

from platformctl.checks.log_rules_read_the_copy import log_rules_read_the_copy
from platformctl.model.log_limits import TierLimits
from platformctl.model.logs import FileSource, LogPipeline, OperatorsCopy, Telling
from platformctl.model.rules import AlertArea, Language, LogSample, LogTest, RecordingRule
from platformctl.model.units import days
from platformctl.sources.definitions import load_platform
from platformctl.sources.workspace import built_in_content

LIMITS = TierLimits(rate_mb=1, burst_mb=1, streams=1, keep=days(1))
SERVICES = LogPipeline(
    name="services",
    sources=(FileSource(glob="*.log"),),
    labels=("tenant", "service", "level"),
    structured_metadata=(),
    redactions=(),
    copy=OperatorsCopy(
        limits=LIMITS,
        tellings=(Telling(name="panics", pattern=r"panic: |\[fatal\]", only_with=("panic: ", "[fatal]")),),
    ),
)
EDGE = replace(SERVICES, name="edge", service="edge", copy=OperatorsCopy(limits=LIMITS, everything=True))


def whats(expr: str) -> list[str]:
    rule = RecordingRule(name="tenant:x:rate", expr=expr, help="x", language=Language.LOGQL)
    area = AlertArea(name="logs", recording_rules=(rule,))
    platform = replace(sample.PLATFORM, log_areas=(area,), log_pipelines=(SERVICES, EDGE))
    return [problem.what for problem in log_rules_read_the_copy(platform)]


@pytest.mark.parametrize(
    "selection",
    [
        '{level="error"}',
        '{service="api", level=~"error|critical"} |= "x"',
        '{service="edge"} | json',
        r'{service=~".+"} |~ "panic: |\\[fatal\\]"',
        r'{service=~".+"} != "x" |~ `panic: |\[fatal\]`',
    ],
)
def test_what_is_copied_may_be_asked_for(selection: str) -> None:
    assert whats(f"sum(rate({selection} [1m]))") == []


@pytest.mark.parametrize(
    "selection",
    [
        '{service="api"}',
        '{level=~"error|warning"}',
        '{level!="info"}',
        '{service=~"edge|api"}',
        '{service="api"} |= "panic: "',
        '{service="api"} |~ "panic"',
        '{service="api"} !~ "panic: |x"',
    ],
)
def test_what_is_not_or_not_surely_copied_is_found(selection: str) -> None:
    [what] = whats(f'sum(rate({selection}[1m])) / sum(rate({{level="error"}}[1m]))')
    assert what == f"tenant:x:rate asks for lines that operators have no copy of: {selection}"


def test_a_claim_that_fires_on_lines_which_are_not_copied_is_found() -> None:
    platform = load_platform(built_in_content())
    [area] = platform.log_areas
    alert = area.alerts[0]
    line = LogSample(line="boom", labels={"tenant": "lumiere", "service": "api", "level": "info"})
    claim = LogTest(claim="info fires", lines=(line,), firing=({"tenant": "lumiere"},))
    wrong = replace(area, alerts=(replace(alert, log_tests=(claim,)),))
    assert list(log_rules_read_the_copy(platform)) == []
    [problem] = log_rules_read_the_copy(replace(platform, log_areas=(wrong,)))
    assert "info fires" in problem.what
