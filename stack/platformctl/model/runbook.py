"""A page for the person whom an alert has woken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FIRST_SECTION: Final = re.compile(r"^## +.+?$\s*(.+?)(?:\n\s*\n|\n#|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?]) ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Runbook:
    """A page of ``runbooks/``: its name is the alert's, its text is Markdown."""

    name: str
    text: str
    path: str

    @property
    def summary(self) -> str:
        """The first sentence of its first section, on one line."""
        found = _FIRST_SECTION.search(self.text)
        return _SENTENCE_END.split(" ".join(found[1].split()))[0] if found else ""
