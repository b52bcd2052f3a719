"""The page on the architecture says what the definitions say."""

from __future__ import annotations

import runpy
from pathlib import Path

from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]


def test_the_page_is_what_the_definitions_make_it() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "document_architecture.py"))
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert script["page"](text, load_platform(ROOT)) == text, "python scripts/document_architecture.py"
