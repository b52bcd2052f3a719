"""No runbook page still asks what it should answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem

TO_WRITE: Final = "<!-- write: "
"""What `platformctl runbook new` lays where a person has to answer."""


def runbook_is_written(platform: Platform) -> Iterator[Problem]:
    """A warning for each page in which a question of the template is left."""
    for page in platform.runbooks:
        left = page.text.count(TO_WRITE)
        if left:
            yield Problem(
                check="runbook_is_written",
                what=f"the runbook of {page.name} leaves {left} questions open",
                where=page.path,
                fix=f"answer each line that begins with `{TO_WRITE.strip()}`",
                level=Level.WARNING,
            )
