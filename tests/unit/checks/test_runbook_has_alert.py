from dataclasses import replace

from support import sample

from platformctl.checks.runbook_has_alert import runbook_has_alert
from platformctl.model.platform import Runbook
from platformctl.model.problem import Level


def test_the_sample_platform_is_right() -> None:
    assert list(runbook_has_alert(sample.PLATFORM)) == []


def test_a_page_that_no_alert_opens_is_a_warning() -> None:
    orphan = Runbook(name="ShopSlow", text="", path="runbooks/ShopSlow.md")
    (problem,) = runbook_has_alert(replace(sample.PLATFORM, runbooks=(*sample.PLATFORM.runbooks, orphan)))
    assert (problem.where, problem.level) == ("runbooks/ShopSlow.md", Level.WARNING)
