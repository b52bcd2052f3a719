"""What counts tenants' requests runs on this site: else no error budget ever burns, and no alert tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.model.site import Site
from platformctl.model.slo import EVENTS_TOTAL, recorded

_COUNTS: Final = recorded(EVENTS_TOTAL, "1m")


def objectives_are_measured(platform: Platform, site: Site) -> Iterator[Problem]:
    """A warning where service levels are recorded, and no component that serves tenants runs and is scraped."""
    recording = [area for area in platform.areas if any(r.name == _COUNTS for r in area.recording_rules)]
    serving = [c.name for c in platform.components if c.serves_tenants and c.scrape]
    if not recording or any(map(site.has, serving)):
        return
    who = f"{', '.join(serving)} does not run here" if serving else "no component serves tenants"
    yield Problem(
        check="objectives_are_measured",
        what=f"{who}, so error budgets, their alerts and SLA reports have no data",
        where=f"alerts_src/{recording[0].name}.py",
        fix="deploy the gateway, or count at the application: `serves_tenants=True` on its component, and its"
        " counters as REQUESTS, DURATION_COUNT and DURATION_BUCKET",
        level=Level.WARNING,
    )
