"""Every alert has a runbook page that answers the six questions of three o'clock in the morning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

SECTIONS: Final = ("Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation", "Verification")
_HEADING: Final = re.compile(r"^## +(.+?) *$", re.MULTILINE)


def alert_has_runbook(platform: Platform) -> Iterator[Problem]:
    """One problem for each alert without a page, and for each page that lacks sections."""
    pages = {page.name: page for page in platform.runbooks}
    for alert in platform.alerts:
        page = pages.get(alert.name)
        if page is None:
            yield Problem(
                check="alert_has_runbook",
                what=f"{alert.name} has no runbook",
                where=platform.origin("alert", alert.name),
                fix=f"platformctl runbook new {alert.name}",
            )
            continue
        lacking = [section for section in SECTIONS if section not in _HEADING.findall(page.text)]
        if lacking:
            yield Problem(
                check="alert_has_runbook",
                what=f"the runbook of {alert.name} does not say: {', '.join(lacking)}",
                where=page.path,
                fix=f"add the section `## {lacking[0]}`",
            )
