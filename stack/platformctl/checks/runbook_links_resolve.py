"""Every link from one runbook page to another leads to a page that exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_ELSEWHERE: Final = ("http://", "https://", "mailto:", "#")


def runbook_links_resolve(platform: Platform) -> Iterator[Problem]:
    """One problem for each link in a page to a page that is not there; addresses elsewhere are not asked."""
    pages = {f"{page.name}.md" for page in platform.runbooks}
    for page in platform.runbooks:
        for link in dict.fromkeys(_LINK.findall(page.text)):
            if not link.startswith(_ELSEWHERE) and link.partition("#")[0] not in pages:
                yield Problem(
                    check="runbook_links_resolve",
                    what=f"the runbook of {page.name} links to {link}, which does not exist",
                    where=page.path,
                    fix="correct the link, or write the page",
                )
