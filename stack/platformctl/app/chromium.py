"""The browser that prints and takes pictures."""

from __future__ import annotations

import os
import shutil
from typing import Final

_ARGUMENTS: Final = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


def chromium() -> str | None:
    """The system's Chromium; None for Playwright's own."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def arguments() -> list[str]:
    """It calls nobody, and refuses its sandbox to root."""
    return [*_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else list(_ARGUMENTS)
