"""What an expression reads and which labels its result can have: what checks ask of PromQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import promql_parser as promql

Labels: TypeAlias = "frozenset[str] | None"
"""The labels a result may carry; None where they cannot be known."""

_KEEPS_SERIES: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_NO_LABELS: Final = frozenset({"vector", "scalar", "time", "pi"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """A label that is asked for where it cannot be: `label` in `where`, a piece of the expression."""

    label: str
    where: str


@dataclass(frozen=True, slots=True)
class Result:
    """The labels of an expression's result, and the labels named in it that do not exist."""

    labels: Labels
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """The labels of each known series, by its name; a name that is missing may have any label."""

    labels: Mapping[str, Labels] = field(default_factory=dict)

    def result(self, expr: promql.Expr) -> Result:
        """The possible labels of `expr`, worked out from the selectors upwards."""
        match expr:
            case promql.VectorSelector():
                return self._selector(expr)
            case promql.MatrixSelector():
                return self._selector(expr.vector_selector)
            case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
                return self.result(expr.expr)
            case promql.AggregateExpr():
                return self._aggregate(expr)
            case promql.BinaryExpr():
                return self._binary(expr)
            case promql.Call():
                return self._call(expr)
            case _:
                return Result(frozenset())

    def labels_of(self, text: str) -> Labels:
        """The possible labels of an expression's result; None where they, or the expression, are not known."""
        try:
            return self.result(promql.parse(text)).labels
        except ValueError:
            return None

    def _selector(self, selector: promql.VectorSelector) -> Result:
        known = self.labels.get(selector.name or "")
        asked = (m.name for m in selector.matchers.matchers if m.name != "__name__")
        return Result(known, tuple(_missing(asked, known, selector.name or selector.prettify())))

    def _aggregate(self, expr: promql.AggregateExpr) -> Result:
        inner = self.result(expr.expr)
        operator, modifier = str(expr.op), expr.modifier
        named = list(modifier.labels) if modifier else []
        unknown = (*inner.unknown, *_missing(named, inner.labels, expr.prettify()))
        if operator in _KEEPS_SERIES:
            return Result(inner.labels, unknown)
        if modifier is None:
            labels: Labels = frozenset()
        elif modifier.type == promql.AggModifierType.By:
            labels = frozenset(named)
        else:
            labels = None if inner.labels is None else inner.labels - set(named)
        if operator == "count_values" and isinstance(expr.param, promql.StringLiteral) and labels is not None:
            labels |= {expr.param.val}
        return Result(labels, unknown)

    def _binary(self, expr: promql.BinaryExpr) -> Result:
        left, right = self.result(expr.lhs), self.result(expr.rhs)
        unknown = (*left.unknown, *right.unknown, *_unmatched(expr, left.labels, right.labels))
        return Result(_joined(expr, left.labels, right.labels), unknown)

    def _call(self, expr: promql.Call) -> Result:
        name, arguments = expr.func.name, list(expr.args)
        if name in _NO_LABELS or not arguments:
            return Result(frozenset(), tuple(u for a in arguments for u in self.result(a).unknown))
        inner = self.result(
            arguments[1] if name in ("histogram_quantile", "quantile_over_time") else arguments[0]
        )
        if name in ("absent", "absent_over_time"):
            return Result(frozenset(_equalities(arguments[0])), inner.unknown)
        if name == "histogram_quantile":
            unknown = (*inner.unknown, *_missing(["le"], inner.labels, expr.prettify()))
            return Result(None if inner.labels is None else inner.labels - {"le"}, unknown)
        if name in ("label_replace", "label_join") and isinstance(arguments[1], promql.StringLiteral):
            return Result(None if inner.labels is None else inner.labels | {arguments[1].val}, inner.unknown)
        return inner


def selectors(expr: promql.Expr) -> Iterator[promql.VectorSelector]:
    """Every series selector in the expression, from left to right."""
    found: list[promql.VectorSelector] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            found.append(node)

    promql.walk(expr, visit)
    return iter(found)


def _missing(asked: Iterator[str] | list[str], known: Labels, where: str) -> Iterator[Unknown]:
    if known is not None:
        yield from (Unknown(label, where) for label in asked if label not in known)


def _unmatched(expr: promql.BinaryExpr, left: Labels, right: Labels) -> Iterator[Unknown]:
    modifier = expr.modifier
    if modifier is None:
        return
    if modifier.matching and modifier.matching.type == promql.LabelModifierType.Include:
        for side in (left, right):
            yield from _missing(list(modifier.matching.labels), side, expr.prettify())
    many = modifier.card
    one_side = right if many == promql.VectorMatchCardinality.ManyToOne else left
    yield from _missing(list(modifier.group_labels or ()), one_side, expr.prettify())


def _joined(expr: promql.BinaryExpr, left: Labels, right: Labels) -> Labels:
    operator, modifier = str(expr.op), expr.modifier
    if isinstance(expr.lhs, promql.NumberLiteral):
        return right
    if isinstance(expr.rhs, promql.NumberLiteral) or operator in ("and", "unless"):
        return left
    if left is None or right is None:
        return None
    if operator == "or":
        return left | right
    if modifier is None:
        return left | right
    extra = frozenset(modifier.group_labels or ())
    if modifier.card == promql.VectorMatchCardinality.ManyToOne:
        return left | extra
    if modifier.card == promql.VectorMatchCardinality.OneToMany:
        return right | extra
    if modifier.matching and modifier.matching.type == promql.LabelModifierType.Include:
        return frozenset(modifier.matching.labels)
    return left


def _equalities(expr: promql.Expr) -> Iterator[str]:
    for selector in selectors(expr):
        yield from (m.name for m in selector.matchers.matchers if m.op == promql.MatchOp.Equal)
