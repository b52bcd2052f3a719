"""How often Python looks for cycles in memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SELDOM: Final = 500_000
"""Values that are made before Python looks; 700 by default."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """For work on hundreds of thousands of plain values: looking among them for cycles takes a third of its time."""
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
