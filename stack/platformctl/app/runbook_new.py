"""Lay a runbook page for an alert, with all that the alert's definition knows already."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from platformctl.app.session import Request
from platformctl.checks.alert_has_runbook import SECTIONS
from platformctl.checks.runbook_is_written import TO_WRITE
from platformctl.errors import PlatformError, UsageError
from platformctl.model.platform import Platform
from platformctl.model.rules import AlertRule
from platformctl.sinks.files import write_atomically
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform

_QUESTIONS: Final = {
    "Meaning": "what is wrong when this fires, in one sentence",
    "Impact": "who notices what, and how bad it becomes if nobody acts",
    "Diagnosis": "the queries and commands that find the cause, in the order to run them",
    "Mitigation": "what stops the harm first, as commands; then what mends the cause",
    "Escalation": "whom to tell, after how long, with what",
    "Verification": "how to see that it is over",
}
_PLACEHOLDER: Final = re.compile(r"\{\{.*?\}\}")


def new_page(request: Request, alert: str) -> Path:
    """Write ``runbooks/<alert>.md`` and return its path; never overwrites a page."""
    found = workspace.find(request.workspace, start=request.start)
    if found.built_in:
        raise UsageError(
            "the built-in workspace is not yours to change", fix="platformctl init DIR, and run it there"
        )
    path = found.content / "runbooks" / f"{alert}.md"
    rule = _rule(load_platform(found.content), alert)
    if path.exists():
        raise PlatformError(
            f"{alert} has a runbook already", where=str(path), fix=f"platformctl runbook {alert}"
        )
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, page_for(rule))
    return path


def page_for(rule: AlertRule) -> str:
    """The page's text: a question under every heading, and the alert's own words and expression."""
    return f"# {rule.name}\n\n" + "\n".join(
        f"## {section}\n\n{''.join(_body(section, rule))}" for section in SECTIONS
    )


def _body(section: str, rule: AlertRule) -> Iterator[str]:
    yield f"{TO_WRITE}{_QUESTIONS[section]} -->\n"
    match section:
        case "Meaning":
            yield f"\n{_PLACEHOLDER.sub('…', rule.description)}\n"
        case "Diagnosis" | "Verification":
            yield f"\n```{rule.language}\n{rule.expr.strip()}\n```\n"
        case "Escalation":
            yield f"\nThe alert is {rule.severity}, and belongs to the team {rule.team}.\n"
        case _:
            return


def _rule(platform: Platform, alert: str) -> AlertRule:
    rules = {rule.name: rule for rule in platform.alerts}
    if alert in rules:
        return rules[alert]
    close = difflib.get_close_matches(alert, rules, n=1, cutoff=0.5)
    fix = f"platformctl runbook new {close[0]}" if close else "define the alert in alerts_src/ first"
    raise PlatformError(f"there is no alert {alert!r}", fix=fix)
