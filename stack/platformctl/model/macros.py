"""Grafana's macros and dashboard variables in query texts, and what to put in their place.

Whoever parses or runs a panel's query without Grafana must fill them in first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from platformctl.errors import DefinitionError

_MACRO: Final = re.compile(r"\$\{(?P<braced>\w+)(?::\w+)?\}|\$(?P<plain>\w+)")

SAMPLE: Final[Mapping[str, str]] = {
    "__rate_interval": "5m",
    "__interval": "30s",
    "__range": "6h",
    "__range_s": "21600",
    "__rate_interval_ms": "300000",
}
"""A value for each macro, good enough to parse a query."""


def names(text: str) -> frozenset[str]:
    """The macros and variables that the text uses."""
    return frozenset(found["braced"] or found["plain"] for found in _MACRO.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every macro and variable replaced; raises `DefinitionError` for one without a value."""

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"]
        try:
            return values[name]
        except KeyError:
            raise DefinitionError(f"nothing is known of the variable ${name} in {text!r}") from None

    return _MACRO.sub(value, text)
