"""Every metric that an expression reads is in the catalogue, or recorded by a rule."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

import promql_parser as promql

from platformctl.checks._expressions import expressions, known_series
from platformctl.checks._promql import selectors
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def metrics_are_known(platform: Platform) -> Iterator[Problem]:
    """One problem for each unknown metric of an expression, with the nearest known name."""
    known = known_series(platform).labels
    for expression in expressions(platform):
        tree = expression.parsed()
        for name in sorted({name for s in selectors(tree) for name in _unknown(s, known)} if tree else ()):
            near = difflib.get_close_matches(name, known, n=1)
            what = f"reads the unknown metric {name!r}" if name else "selects series without naming a metric"
            yield Problem(
                check="metrics_are_known",
                what=f"{expression.owner} {what}",
                where=expression.where,
                fix=f"did you mean {near[0]!r}?"
                if near
                else "add it to the catalogue, or record it by a rule",
            )


def _unknown(selector: promql.VectorSelector, known: Collection[str]) -> Iterator[str]:
    """The name, or pattern of names, that nothing known has; empty where the selector gives none."""
    patterns = [
        matcher.value
        for matcher in selector.matchers.matchers
        if matcher.name == "__name__" and matcher.op == promql.MatchOp.Re
    ]
    if selector.name:
        if selector.name not in known:
            yield selector.name
    elif not patterns:
        yield ""
    else:
        yield from (p for p in patterns if not any(re.fullmatch(p, name) for name in known))
