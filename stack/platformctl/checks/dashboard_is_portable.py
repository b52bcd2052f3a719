"""No dashboard names one installation: its links work on whichever Grafana shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_OWN_PAGE: Final = re.compile(r"/d/|https?://[^/]*/d/")
_THIS_MACHINE: Final = re.compile(r"https?://(?:localhost|\[|\d+\.\d+\.\d+\.\d+)")


def dashboard_is_portable(platform: Platform) -> Iterator[Problem]:
    """One problem for each link by URL to a dashboard, or to an address of one machine."""
    for dashboard in platform.dashboards:
        for link in (*dashboard.links, *(link for panel in dashboard.panels for link in panel.links)):
            is_page = bool(_OWN_PAGE.match(link.url))
            if is_page or _THIS_MACHINE.match(link.url):
                yield Problem(
                    check="dashboard_is_portable",
                    what=f"the link {link.title!r} of {dashboard.uid} leads to {link.url!r},"
                    " which another installation does not have",
                    where=platform.origin("dashboard", dashboard.uid),
                    fix="write dashboard=UID in its place"
                    if is_page
                    else "give a name that every reader can resolve",
                )
