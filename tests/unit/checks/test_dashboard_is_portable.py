from dataclasses import replace

import pytest
from unit.checks.panels import PANEL, with_panel

from platformctl.checks.dashboard_is_portable import dashboard_is_portable
from platformctl.model.panel import Link


@pytest.mark.parametrize(
    "url", ["/d/shop?x=1", "https://grafana.example/d/shop", "http://localhost:3000/x", "http://10.0.0.1/"]
)
def test_a_link_that_only_works_here_is_found(url: str) -> None:
    (problem,) = dashboard_is_portable(with_panel(replace(PANEL, links=(Link(title="Away", url=url),))))
    assert repr(url) in problem.what


def test_a_name_that_everybody_resolves_is_well() -> None:
    link = Link(title="Wiki", url="https://wiki.example.com/d")
    assert list(dashboard_is_portable(with_panel(replace(PANEL, links=(link,))))) == []
