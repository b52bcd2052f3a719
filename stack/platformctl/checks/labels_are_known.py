"""Every label that an expression matches, groups by or joins on can be there."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks._expressions import expressions, known_series
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def labels_are_known(platform: Platform) -> Iterator[Problem]:
    """One problem for each label that no series at that place of the expression carries."""
    series = known_series(platform)
    for expression in expressions(platform):
        tree = expression.parsed()
        if tree is None:
            continue
        for unknown in dict.fromkeys(series.result(tree).unknown):
            yield Problem(
                check="labels_are_known",
                what=f"{expression.owner} asks for the label {unknown.label!r}, which nothing there carries",
                where=expression.where,
                fix=f"look at: {' '.join(unknown.where.split())}",
            )
