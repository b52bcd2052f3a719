"""The user's cache folder: what may be thrown away at any time, and is shared by all workspaces."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def user_cache(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of that name below ``$XDG_CACHE_HOME/platformctl``, by default ``~/.cache``; it need not exist.

    A relative XDG_CACHE_HOME is ignored, as the XDG base directory specification asks.
    """
    given = Path(environment.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "platformctl" / name
