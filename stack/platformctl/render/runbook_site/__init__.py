"""The site of all runbooks and alerts: plain files that need no network and no server of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertRule, Severity
from platformctl.model.runbook import Runbook
from platformctl.model.site import Site
from platformctl.render.links import RUNBOOK_FOLDER, dashboard_page
from platformctl.render.runbook_site.markdown import Rendered, render_line, render_markdown

_FOLDER: Final = f"prometheus/assets/{RUNBOOK_FOLDER}"
_ASSETS: Final = ("site.css", "site.js")
_WORST_FIRST: Final = tuple(Severity)


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """A page for each alert, as HTML and as it was written; the list of all; what searches it."""
    templates = Environment(
        loader=PackageLoader("platformctl.render.runbook_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["line"] = render_line
    alerts = sorted(platform.alerts, key=lambda a: (_WORST_FIRST.index(a.severity), a.name))
    written = {page.name: page for page in platform.runbooks}
    for page in platform.runbooks:
        yield Artifact(f"{_FOLDER}/{page.name}.txt", page.text.encode())
    for alert in alerts:
        yield _page(templates, alert, _rendered(written.get(alert.name)), site)
    yield _file("index.html", templates.get_template("index.html").render(alerts=alerts, pages=written))
    yield _file("search.js", f"window.RUNBOOKS = {json.dumps([_entry(a, written) for a in alerts])};\n")
    for name in _ASSETS:
        yield _file(name, (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8"))


def _page(templates: Environment, alert: AlertRule, page: Rendered, site: Site) -> Artifact:
    text = templates.get_template("page.html").render(
        alert=alert,
        page=page,
        dashboard=dashboard_page(alert, site),
        fires=[test.claim for test in alert.claims if test.firing],
        silent=[test.claim for test in alert.claims if not test.firing],
    )
    return _file(f"{alert.name}.html", text)


def _rendered(page: Runbook | None) -> Rendered:
    return render_markdown(page.text if page else "This alert has no runbook yet.\n")


def _entry(alert: AlertRule, written: dict[str, Runbook]) -> dict[str, str]:
    """What is searched: the name, what the alert says, and the words of its page."""
    page = written.get(alert.name)
    return {
        "name": alert.name,
        "says": f"{alert.summary} {alert.description} {alert.severity} {alert.team}",
        "text": page.text if page else "",
    }


def _file(name: str, text: str) -> Artifact:
    return Artifact(f"{_FOLDER}/{name}", text.encode())
