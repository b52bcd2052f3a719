"""Whether source files ask a server for something, send it something, or can give a request up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

_REQUEST: Final = re.compile(r"\bfetch\(|\baxios\b|\bky\b|useSWR\(|useQuery\(")
_SENDING: Final = re.compile(r"""method:\s*["'](POST|PUT|PATCH)|\.(post|put|patch)\(""")
_ON_APPEARING: Final = re.compile(r"useEffect\(|useQuery\(|useSWR\(")


def asks(texts: Iterable[str]) -> bool:
    """Whether one of the files makes requests."""
    return any(map(_asks, texts))


def sends(texts: Iterable[str]) -> bool:
    """Whether requests of one of the files carry data."""
    return any(map(_sends, texts))


def gives_up(texts: Iterable[str]) -> bool:
    """Whether one of the files can give a request up."""
    return any("AbortController" in text and "signal" in text for text in texts)


def on_appearing(text: str) -> bool:
    """Whether it does something as soon as it is there."""
    return bool(_ON_APPEARING.search(text))


# A file is reached from many others, and its text does not change while it is looked at.
@cache
def _asks(text: str) -> bool:
    return bool(_REQUEST.search(text))


@cache
def _sends(text: str) -> bool:
    return bool(_SENDING.search(text))
