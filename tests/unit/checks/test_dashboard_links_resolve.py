from dataclasses import replace

from unit.checks.panels import PANEL, with_panel

from platformctl.checks.dashboard_links_resolve import dashboard_links_resolve
from platformctl.model.panel import Link


def test_a_link_to_a_dashboard_that_does_not_exist_is_found() -> None:
    (problem,) = dashboard_links_resolve(
        with_panel(replace(PANEL, links=(Link(title="Away", dashboard="nowhere"),)))
    )
    assert (
        problem.what == "the link 'Away' of panel 'Errors' of shop leads to 'nowhere', which does not exist"
    )
    assert "shop" in problem.fix


def test_a_label_that_no_variable_over_there_takes_is_found() -> None:
    link = Link(title="Back", dashboard="shop", by=("service", "colour"))
    (problem,) = dashboard_links_resolve(with_panel(replace(PANEL, links=(link,))))
    assert problem.what.endswith("which has no variable 'colour'")
