from dataclasses import replace

import pytest
from support import sample

from platformctl.checks.log_rules_keep_the_tenant import log_rules_keep_the_tenant
from platformctl.model.rules import AlertArea, Language, RecordingRule


def whats(expr: str) -> list[str]:
    rule = RecordingRule(name="tenant:x:rate", expr=expr, help="x", language=Language.LOGQL)
    platform = replace(sample.PLATFORM, log_areas=(AlertArea(name="logs", recording_rules=(rule,)),))
    return [problem.what for problem in log_rules_keep_the_tenant(platform)]


@pytest.mark.parametrize("how", ["sum", "sum by (service)", "sum without (tenant)", "topk by (service)"])
def test_a_sum_over_tenants_is_found(how: str) -> None:
    assert whats(f'{how} (rate({{service="a"}}[1m]))') == ["tenant:x:rate adds tenants up"]


@pytest.mark.parametrize("how", ["sum by (tenant, service)", "max without (level)", ""])
def test_a_rule_that_keeps_the_tenant_passes(how: str) -> None:
    assert whats(f'{how} (rate({{service="a"}}[1m]))') == []
