"""Pictures of pages beside those that a person has looked at."""

from __future__ import annotations

from pathlib import Path

MOST_DIFFERING = 0.06
SIZE = (275, 350)


def assert_looks_as_stored(page: object, stored: Path, folder: Path, *, update: bool) -> None:
    """Fonts and the browser differ by machine: pictures are compared small, and by the share that differs."""
    from PIL import Image, ImageChops

    page.screenshot(path=folder / "seen.png")
    seen = Image.open(folder / "seen.png").convert("RGB").resize(SIZE)
    if update:
        stored.parent.mkdir(exist_ok=True)
        seen.quantize(256).save(stored, optimize=True)
    before = Image.open(stored).convert("RGB")
    differing = ImageChops.difference(seen, before).convert("L").point(lambda v: v > 48)
    share = sum(differing.histogram()[1:]) / (SIZE[0] * SIZE[1])
    assert share < MOST_DIFFERING, f"{share:.1%} of {stored.name} differs"
