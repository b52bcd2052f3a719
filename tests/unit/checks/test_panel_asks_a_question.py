from dataclasses import replace

from unit.checks.panels import PANEL, with_panel

from platformctl.checks.panel_asks_a_question import panel_asks_a_question
from platformctl.model.problem import Level


def test_a_panel_that_asks_nothing_is_warned_of() -> None:
    (problem,) = panel_asks_a_question(with_panel(replace(PANEL, description="Errors.")))
    assert problem.what == "panel 'Errors' of shop does not say which question it answers"
    assert problem.level is Level.WARNING
