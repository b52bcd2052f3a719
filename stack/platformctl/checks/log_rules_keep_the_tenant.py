"""A rule over log lines keeps `tenant`: Loki evaluates it for some tenants at a time, and never for all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.checks._logql import log_expressions
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

_AGGREGATION: Final = re.compile(
    r"\b(?:sum|avg|min|max|count|stddev|stdvar|topk|bottomk)\b\s*(?:(by|without)\s*\(([^)]*)\))?"
)


def log_rules_keep_the_tenant(platform: Platform) -> Iterator[Problem]:
    """One problem for each rule that adds tenants up: with many tenants its sum would be of some of them."""
    for expression in log_expressions(platform):
        if expression.is_rule and any(_loses(found) for found in _AGGREGATION.finditer(expression.text)):
            yield Problem(
                check="log_rules_keep_the_tenant",
                what=f"{expression.owner} adds tenants up",
                where=expression.where,
                fix="aggregate by (tenant, ...); to add up, record it and sum the series in PromQL",
            )


def _loses(found: re.Match[str]) -> bool:
    names = {name.strip() for name in (found[2] or "").split(",")}
    return "tenant" in names if found[1] == "without" else "tenant" not in names
