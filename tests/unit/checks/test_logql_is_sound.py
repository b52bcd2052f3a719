from dataclasses import replace

import pytest
from support import sample
from unit.logs.conftest import SAMPLE

from platformctl.checks.logql_is_sound import logql_is_sound
from platformctl.model.rules import AlertArea, Language, RecordingRule


def whats(expr: str) -> list[str]:
    rule = RecordingRule(name="tenant:x:rate", expr=expr, help="x", language=Language.LOGQL)
    area = AlertArea(name="logs", recording_rules=(rule,))
    platform = replace(sample.PLATFORM, log_areas=(area,), log_pipelines=(SAMPLE,), dashboards=())
    return [problem.what for problem in logql_is_sound(platform)]


@pytest.mark.parametrize(
    ("expr", "what"),
    [
        ('rate({service="a"} |= "x [1m])', 'has a quote that does not end: "x [1m])'),
        ('rate({service="a"}[1m]', "does not close '('"),
        ('rate({service="a"}[1m]))', "closes ')' that was not opened"),
        ("vector(1)", "selects no log streams"),
        ('rate({service=~".*"}[1m])', 'selects every stream, which Loki refuses: {service=~".*"}'),
        ('rate({service="a", level}[1m])', "has a selector that cannot be read at: level"),
        ('rate({request_id="a"}[1m])', "selects by 'request_id', which is no label of a stream"),
    ],
)
def test_what_loki_would_refuse_or_never_find(expr: str, what: str) -> None:
    assert whats(expr) == [f"tenant:x:rate {what}"]


def test_a_sound_query_passes_with_brackets_in_its_texts() -> None:
    assert whats('sum by (tenant) (rate({service=~"a|b", level!="x"} |~ "[{(" | json x="y" [1m]))') == []
