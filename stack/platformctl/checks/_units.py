"""The unit of an expression's values, as far as the names of its metrics tell it."""

from __future__ import annotations

import re
from typing import Final

import promql_parser as promql

_SUFFIX: Final = re.compile(r"_(seconds|bytes)(?:_total|_sum|_bucket)?$")
_SAME: Final = frozenset(
    {"increase", "delta", "abs", "ceil", "floor", "round", "sort", "sort_desc", "clamp_min"}
)
_COUNTS: Final = frozenset({"count", "count_values", "group", "stdvar"})
_FILTERS: Final = frozenset({"==", "!=", ">", "<", ">=", "<="})


def unit_of(expr: promql.Expr) -> str | None:
    """``seconds``, ``bytes`` or ``bytes/s``; None where the values have no unit, or it cannot be told."""
    match expr:
        case promql.VectorSelector():
            return _named(expr.name or "")
        case promql.MatrixSelector():
            return _named(expr.vector_selector.name or "")
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return unit_of(expr.expr)
        case promql.AggregateExpr():
            return None if str(expr.op) in _COUNTS else unit_of(expr.expr)
        case promql.Call():
            return _of_call(expr)
        case promql.BinaryExpr():
            return _of_binary(expr)
        case _:
            return None


def _named(name: str) -> str | None:
    found = _SUFFIX.search(name)
    return found[1] if found else None


def _of_call(call: promql.Call) -> str | None:
    name, arguments = call.func.name, list(call.args)
    if name == "histogram_quantile":
        return _bucketed(arguments[1])
    if name in ("rate", "irate", "deriv"):
        inner = unit_of(arguments[0])
        return "bytes/s" if inner == "bytes" else None  # seconds per second are a share
    if name in _SAME or (name.endswith("_over_time") and not name.startswith(("count", "quantile", "std"))):
        return unit_of(arguments[0])
    return None


def _bucketed(expr: promql.Expr) -> str | None:
    """The unit of the histogram that the expression reads buckets of."""
    units: set[str | None] = set()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector) and (node.name or "").endswith("_bucket"):
            units.add(_named(node.name or ""))

    promql.walk(expr, visit)
    return units.pop() if len(units) == 1 else None


def _of_binary(expr: promql.BinaryExpr) -> str | None:
    operator = str(expr.op)
    if operator in ("and", "unless") or operator in _FILTERS:
        is_bool = expr.modifier is not None and expr.modifier.return_bool
        return None if is_bool else unit_of(expr.lhs)
    if operator in ("or", "+", "-"):
        left, right = unit_of(expr.lhs), unit_of(expr.rhs)
        return left if left == right else None
    return None
