"""A rule over log lines asks for what the operators' organisation holds: it is evaluated there and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks._logql import LogExpression, Matcher, Selection, log_expressions
from platformctl.model.logs import LogPipeline
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.rules import AlertRule, LogSample


def log_rules_read_the_copy(platform: Platform) -> Iterator[Problem]:
    """One problem for each selection of other lines, and for each claim that fires on lines which are not copied."""
    copied = tuple(pipeline for pipeline in platform.log_pipelines if pipeline.copy)
    for expression in log_expressions(platform):
        if expression.is_rule:
            yield from _selections(expression, copied)
    for area in platform.log_areas:
        for alert in area.alerts:
            yield from _claims(alert, copied, platform.origin("alert", alert.name))


def _selections(expression: LogExpression, copied: tuple[LogPipeline, ...]) -> Iterator[Problem]:
    for selection in expression.selections():
        if not any(_holds(pipeline, selection) for pipeline in copied):
            yield Problem(
                check="log_rules_read_the_copy",
                what=f"{expression.owner} asks for lines that operators have no copy of: {selection.text}",
                where=expression.where,
                fix=f"{_copied(copied)}; or name its lines in a pipeline's copy=OperatorsCopy(...)",
            )


def _copied(copied: tuple[LogPipeline, ...]) -> str:
    ways = [f'service="{pipeline.service}"' for pipeline in copied if _is_whole(pipeline)]
    ways += [f'level=~"{"|".join(p.copy.levels)}"' for p in copied if p.copy and not p.copy.everything]
    ways += [f"|~ {telling.pattern!r}" for p in copied if p.copy for telling in p.copy.tellings]
    return f"select by {' or by '.join(dict.fromkeys(ways))}" if ways else "give a pipeline a copy"


def _is_whole(pipeline: LogPipeline) -> bool:
    return bool(pipeline.copy and pipeline.copy.everything)


def _holds(pipeline: LogPipeline, selection: Selection) -> bool:
    """Whether all lines that the selection finds are sure to be copied by this pipeline."""
    copy = pipeline.copy
    if copy is None:
        return False
    if copy.everything:
        return bool(pipeline.service) and any(
            _only(matcher, "service", {pipeline.service}) for matcher in selection.matchers
        )
    tellings = {telling.pattern for telling in copy.tellings}
    return any(_only(matcher, "level", set(copy.levels)) for matcher in selection.matchers) or any(
        kind == "|~" and text in tellings for kind, text in selection.filters
    )


def _only(matcher: Matcher, label: str, values: set[str]) -> bool:
    """Whether the matcher lets nothing through but some of the values."""
    if matcher.label != label or matcher.kind not in ("=", "=~"):
        return False
    wanted = set(matcher.value.split("|")) if matcher.kind == "=~" else {matcher.value}
    return wanted <= values


def _claims(alert: AlertRule, copied: tuple[LogPipeline, ...], where: str) -> Iterator[Problem]:
    for test in alert.log_tests:
        if test.firing and not any(_is_copied(sample, copied) for sample in test.lines):
            yield Problem(
                check="log_rules_read_the_copy",
                what=f"{alert.name} is claimed to fire on lines that operators have no copy of: {test.claim}",
                where=where,
                fix=f"give the lines of the claim what makes them copied: {_copied(copied)}",
            )


def _is_copied(sample: LogSample, copied: tuple[LogPipeline, ...]) -> bool:
    return any(
        sample.labels.get("service") == pipeline.service
        if pipeline.copy.everything
        else sample.labels.get("level") in pipeline.copy.levels
        or any(re.search(telling.pattern, sample.line) for telling in pipeline.copy.tellings)
        for pipeline in copied
        if pipeline.copy
    )
