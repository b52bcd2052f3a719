"""Whether source text asks a server for something, sends it something, or can give a request up."""

from __future__ import annotations

import re
from typing import Final

_REQUEST: Final = re.compile(r"\bfetch\(|\baxios\b|\bky\b|useSWR\(|useQuery\(")
_SENDING: Final = re.compile(r"""method:\s*["'](POST|PUT|PATCH)|\.(post|put|patch)\(""")
_ON_APPEARING: Final = re.compile(r"useEffect\(|useQuery\(|useSWR\(")


def asks(text: str) -> bool:
    """Whether it makes requests."""
    return bool(_REQUEST.search(text))


def sends(text: str) -> bool:
    """Whether its requests carry data."""
    return bool(_SENDING.search(text))


def on_appearing(text: str) -> bool:
    """Whether it does something as soon as it is there."""
    return bool(_ON_APPEARING.search(text))


def gives_up(text: str) -> bool:
    """Whether it can give a request up."""
    return "AbortController" in text and "signal" in text
