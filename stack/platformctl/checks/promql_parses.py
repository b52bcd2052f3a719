"""Every expression of a rule or a panel is PromQL."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from platformctl.checks._expressions import expressions
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def promql_parses(platform: Platform) -> Iterator[Problem]:
    """One problem for each expression that the parser refuses."""
    for expression in expressions(platform):
        try:
            promql.parse(expression.text)
        except ValueError as error:
            yield Problem(
                check="promql_parses",
                what=f"{expression.owner} is not valid PromQL: {error}",
                where=expression.where,
                fix=f"mend the expression: {expression.text}",
            )
