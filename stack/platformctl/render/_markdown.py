"""Tables and texts in Markdown; what comes from outside is only ever text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[bool]) -> Iterator[str]:
    """The lines of a table, and an empty one; `right` tells which columns are aligned to the right."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---:' if to_right else '---' for to_right in right)}|"
    yield from (f"| {' | '.join(text(cell) for cell in row)} |" for row in rows)
    yield ""


def text(raw: str) -> str:
    """The text with nothing in it that Markdown (or HTML inside it) would act upon."""
    return _SPECIAL.sub(r"\\\1", " ".join(raw.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")
