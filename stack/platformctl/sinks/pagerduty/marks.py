"""What PagerDuty's texts say: whose an object is, and when something is."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from platformctl.model.pagerduty import Described

_MARK: Final = re.compile(r"\s*\[platformctl: ([a-z0-9-]+)\]\s*$")


def marked(description: str, owner: str) -> str:
    """The description with the owner's tag at its end."""
    return f"{description} [platformctl: {owner}]".lstrip()


def plain(description: str) -> str:
    """The description without an owner's tag."""
    return _MARK.sub("", description)


def owner_of(entity: Described) -> str:
    """Whose tag the object carries; empty for one that no workspace made."""
    found = _MARK.search(str(entity.get("description") or ""))
    return found[1] if found else ""


def same_instant(one: str, other: str) -> bool:
    """Whether two texts are one moment, whatever their offsets."""
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except ValueError:
        return one == other
