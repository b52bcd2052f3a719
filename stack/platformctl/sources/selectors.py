"""Series selectors as a person writes them, checked before a server is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import promql_parser as promql

from platformctl.errors import UsageError

_NAME: Final = "__name__"


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: its text, and which series it takes."""

    text: str
    matchers: tuple[tuple[str, Callable[[str], bool]], ...]

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether a series with these labels (its name among them) is selected; a missing label is empty."""
        return all(accepts(labels.get(name, "")) for name, accepts in self.matchers)


def parse(text: str) -> Selector:
    """The selector; raises `UsageError` for an expression, an offset, or text that is no PromQL."""
    try:
        parsed = promql.parse(text)
    except ValueError as error:
        raise UsageError(f"not a selector: {text!r}: {error}", fix="write it like up{job='api'}") from error
    if not isinstance(parsed, promql.VectorSelector) or parsed.offset or parsed.at:
        raise UsageError(
            f"not a selector: {text!r}",
            fix="export what it is made of, or record the expression with a rule and export that",
        )
    named = [(_NAME, _accepts(promql.MatchOp.Equal, parsed.name, text))] if parsed.name else []
    asked = [(m.name, _accepts(m.op, m.value, text)) for m in parsed.matchers.matchers]
    return Selector(text.strip(), (*named, *asked))


def _accepts(op: promql.MatchOp, value: str, text: str) -> Callable[[str], bool]:
    if op == promql.MatchOp.Equal:
        return lambda found: found == value
    if op == promql.MatchOp.NotEqual:
        return lambda found: found != value
    try:
        pattern = re.compile(value, re.DOTALL)
    except re.error as error:
        raise UsageError(f"not understood: the pattern of {text!r}: {error}", fix="simplify it") from error
    if op == promql.MatchOp.Re:
        return lambda found: pattern.fullmatch(found) is not None
    return lambda found: pattern.fullmatch(found) is None
