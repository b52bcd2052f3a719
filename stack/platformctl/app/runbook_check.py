"""Hold the runbook pages against every rule that concerns them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Final

from platformctl.app.check import Report, worst_first
from platformctl.app.session import Request
from platformctl.checks.alert_has_runbook import alert_has_runbook
from platformctl.checks.labels_are_known import labels_are_known
from platformctl.checks.metrics_are_known import metrics_are_known
from platformctl.checks.promql_parses import promql_parses
from platformctl.checks.runbook_has_alert import runbook_has_alert
from platformctl.checks.runbook_is_written import runbook_is_written
from platformctl.checks.runbook_links_resolve import runbook_links_resolve
from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform
from platformctl.sources.shell import Which, shell_refusal

_PAGE_CHECKS: Final = (alert_has_runbook, runbook_has_alert, runbook_is_written, runbook_links_resolve)
_QUERY_CHECKS: Final = (promql_parses, metrics_are_known, labels_are_known)
"""These look at every expression; what they find in pages is told here."""
_COMMANDS: Final = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def check_runbooks(request: Request) -> Report:
    """Every alert covered, no orphan, links that resolve, queries and commands that parse. Changes nothing."""
    platform = load_platform(workspace.find(request.workspace, start=request.start).content)
    found = worst_first(_problems(platform))
    return Report(problems=found, checks=len(_PAGE_CHECKS) + len(_QUERY_CHECKS) + 1)


def _problems(platform: Platform) -> Iterator[Problem]:
    for check in _PAGE_CHECKS:
        yield from check(platform)
    paths = {page.path for page in platform.runbooks}
    for check in _QUERY_CHECKS:
        yield from (problem for problem in check(platform) if problem.where in paths)
    yield from commands_parse(platform)


def commands_parse(platform: Platform, *, which: Which = shutil.which) -> Iterator[Problem]:
    """One problem for each page with a command that the shell cannot parse; a skip without a bash."""
    for page in platform.runbooks:
        for script in _COMMANDS.findall(page.text):
            try:
                refusal = shell_refusal(script, which=which)
            except FileNotFoundError:
                yield _skipped()
                return
            if refusal:
                yield Problem(
                    check="runbook_commands_parse",
                    what=f"a command of the runbook {page.name} is no shell: {refusal}",
                    where=page.path,
                    fix="mend the command; `bash -n` says where it stops",
                )


def _skipped() -> Problem:
    return Problem(
        check="runbook_commands_parse",
        what="not checked: bash is not installed",
        where="runbooks/*.md",
        fix="apt-get install bash",
        level=Level.SKIPPED,
    )
