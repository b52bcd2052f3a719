from dataclasses import replace

from support import sample

from platformctl.checks.alert_has_runbook import alert_has_runbook


def test_the_sample_platform_is_right() -> None:
    assert list(alert_has_runbook(sample.PLATFORM)) == []


def test_an_alert_without_a_page_is_found() -> None:
    (problem,) = alert_has_runbook(replace(sample.PLATFORM, runbooks=sample.PLATFORM.runbooks[1:]))
    assert problem.what == "ShopDown has no runbook"
    assert problem.where == "alerts_src/shop.py:7"


def test_a_page_that_leaves_a_question_open_is_found() -> None:
    page, other = sample.PLATFORM.runbooks
    short = replace(page, text=page.text.replace("## Escalation\n", ""))
    (problem,) = alert_has_runbook(replace(sample.PLATFORM, runbooks=(short, other)))
    assert problem.what == "the runbook of ShopDown does not say: Escalation"
    assert problem.where == "runbooks/ShopDown.md"
