"""Where an alert sends its reader: runbook page, dashboard and log lines, as URLs of one site.

A link is an annotation: a text in which Prometheus fills in the labels of the alert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from platformctl.model.rules import AlertRule
from platformctl.model.site import Site

RUNBOOK_FOLDER: Final = "runbooks"
_TEMPLATE: Final = re.compile(r"\{\{\s*\$labels\.(\w+)\s*\}\}")


def alert_annotations(alert: AlertRule, site: Site) -> dict[str, str]:
    """Every annotation of the alert; links to components that do not run on the site are left out."""
    return {"summary": alert.summary, "description": alert.description, **dict(_links(alert, site))}


def external_url(site: Site, component: str) -> str:
    """The address at which a person on this machine opens the component."""
    return f"http://{site.published(component, 'http')}"


def dashboard_page(alert: AlertRule, site: Site) -> str:
    """The alert's dashboard without any label filled in; empty where no Grafana runs."""
    return f"{external_url(site, 'grafana')}/d/{alert.dashboard.uid}" if site.has("grafana") else ""


def _links(alert: AlertRule, site: Site) -> Iterator[tuple[str, str]]:
    if site.has("prometheus"):
        yield "runbook_url", f"{external_url(site, 'prometheus')}/user/{RUNBOOK_FOLDER}/{alert.name}.html"
    if site.has("grafana"):
        yield "dashboard_url", _dashboard(alert, external_url(site, "grafana"))
    if site.has("grafana") and site.has("loki") and alert.logs:
        yield "logs_url", _explore(alert.logs.query, external_url(site, "grafana"))
    if alert.picture:
        yield "image_url", alert.picture


def _dashboard(alert: AlertRule, grafana: str) -> str:
    """The dashboard with its variables filled in. It ends so that ``&from=...&to=...`` can follow."""
    choices = "".join(f"&var-{name}={_escaped(label)}" for name, label in alert.dashboard.variables.items())
    return f"{grafana}/d/{alert.dashboard.uid}?orgId=1{choices}"


def _explore(query: str, grafana: str) -> str:
    """A link to Grafana's Explore, last hour, with the labels of the alert in the query."""
    pane = {
        "datasource": "loki",
        "queries": [{"refId": "A", "expr": query}],
        "range": {"from": "now-1h", "to": "now"},
    }
    text = json.dumps({"logs": pane}, separators=(",", ":"))
    parts = _TEMPLATE.split(text)  # text, label, text, label, ...
    filled = (_escaped(part) if at % 2 else quote(part, safe="") for at, part in enumerate(parts))
    return f"{grafana}/explore?schemaVersion=1&panes={''.join(filled)}"


def _escaped(label: str) -> str:
    return f"{{{{ $labels.{label} | urlquery }}}}"
