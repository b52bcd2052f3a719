"""A page as one HTML file: no script, nothing loaded from elsewhere, light and dark, fit for paper."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from platformctl.render.insight.page import Page


def render(page: Page) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("platformctl", "render/insight/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(page=page)
