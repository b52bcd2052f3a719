"""Every query over log lines closes its brackets, selects some streams, and names labels that lines have."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks._logql import log_expressions, stream_labels
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def logql_is_sound(platform: Platform) -> Iterator[Problem]:
    """One problem for each query that Loki would refuse, or that can find nothing."""
    known = stream_labels(platform)
    for expression in log_expressions(platform):
        fault = expression.problem()
        unknown = sorted(expression.labels() - known)
        if not fault and unknown and platform.log_pipelines:
            fault = f"selects by {unknown[0]!r}, which is no label of a stream"
        if fault:
            yield Problem(
                check="logql_is_sound",
                what=f"{expression.owner} {fault}",
                where=expression.where,
                fix=f'select by {", ".join(sorted(known))}; filter by other fields behind the braces: | name="value"',
            )
