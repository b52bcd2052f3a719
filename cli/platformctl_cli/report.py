"""Plans, states and problems, as text and as JSON."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Final

from platformctl.app.check import Report
from platformctl.app.deploy import Outcome
from platformctl.app.session import Prepared
from platformctl.app.status import Status
from platformctl.model import sizes
from platformctl.model.artifact import Artifact
from platformctl.model.site import RuntimeName, Site
from platformctl.plan import FileAction, FileChange, Plan
from platformctl_cli import show

_MOST_LISTED: Final = 3
_MANIFEST: Final = "release.json"  # it follows from the others
_SIGNS: Final = {FileAction.CREATE: "+", FileAction.UPDATE: "~", FileAction.DELETE: "-"}


def show_plan(plan: Plan, prepared: Prepared, *, diffs: bool) -> None:
    """The plan as a result: files with their differences, then components, then what it is made for."""
    for line in _plan_lines(plan, prepared.site, diffs=diffs):
        show.result(line)
    for line in _size_lines(prepared):
        show.result(line)


def _size_lines(prepared: Prepared) -> Iterator[str]:
    platform = prepared.platform
    of, need = sizes.scale(platform), sizes.need(platform)
    yield (
        f"size {platform.deployment.size}: for {of.tenants:,} tenants and {of.series:,} series, kept {of.history}"
        f" in at most {of.disk_mb:,} MB"
    )
    yield (
        f"  needed: {need.tenants:,} tenants, at most {need.series:,} series, {need.log_rate_mb:g} MB of logs a second"
    )
    if prepared.site.runtime is RuntimeName.COMPOSE:
        limits = [c.container for c in platform.components if c.container and prepared.site.has(c.name)]
        memory, cpus = sum(limit.memory_mb for limit in limits), sum(limit.cpus for limit in limits)
        yield f"  limits of all containers together: {memory:,} MB of memory, {cpus:g} CPUs"


def talk_plan(plan: Plan, site: Site) -> None:
    """The plan in short, before a question."""
    for line in _plan_lines(plan, site, diffs=False):
        show.say(line)


def _plan_lines(plan: Plan, site: Site, *, diffs: bool) -> Iterator[str]:
    yield from change_lines(plan, diffs=diffs)
    yield from (f"! {note}" for note in site.notes)
    for skipped in site.skipped:
        yield f"! {skipped.component} is left out: {skipped.reason}"
        if skipped.fix:
            yield f"    fix: {skipped.fix}"


def change_lines(plan: Plan, *, diffs: bool) -> Iterator[str]:
    """What a plan changes: files, in short or with their differences, then components."""
    if plan.is_empty:
        yield "nothing to change"
    yield from _file_lines(plan) if diffs else _folder_lines(plan)
    for unit in plan.units:
        yield f"* {unit.action} {unit.name}: {unit.reason}"


def _file_lines(plan: Plan) -> Iterator[str]:
    for file in plan.files:
        yield f"{_SIGNS[file.action]} {file.path}"
        if file.action is FileAction.UPDATE and file.path != _MANIFEST:
            yield from (f"    {line}" for line in _differences(file))


def _folder_lines(plan: Plan) -> Iterator[str]:
    """In short: folders with more than a few changes of one kind are one line."""
    groups: dict[tuple[FileAction, str], list[str]] = {}
    for file in plan.files:
        groups.setdefault((file.action, file.path.partition("/")[0]), []).append(file.path)
    for (action, folder), paths in groups.items():
        if len(paths) > _MOST_LISTED:
            yield f"{_SIGNS[action]} {folder}/ ({len(paths)} files)"
        else:
            yield from (f"{_SIGNS[action]} {path}" for path in paths)


def _differences(change: FileChange) -> Iterator[str]:
    before, after = _lines(change.before), _lines(change.after)
    yield from list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]


def _lines(artifact: Artifact | None) -> list[str]:
    return artifact.content.decode(errors="replace").splitlines() if artifact else []


def plan_as_json(plan: Plan, prepared: Prepared) -> dict[str, object]:
    """The plan for machines."""
    of, need = sizes.scale(prepared.platform), sizes.need(prepared.platform)
    return {
        "size": {
            "name": prepared.platform.deployment.size,
            "holds": {**asdict(of), "history": str(of.history), "disk_mb": of.disk_mb},
            "needs": asdict(need),
        },
        "files": [
            {
                "action": c.action,
                "path": c.path,
                "diff": list(_differences(c)) if c.before and c.after else [],
            }
            for c in plan.files
        ],
        "units": [asdict(c) for c in plan.units],
        "skipped": [asdict(s) for s in prepared.site.skipped],
        "empty": plan.is_empty,
    }


def show_status(status: Status) -> None:
    """What runs where, then what is wrong."""
    show.table(
        ("COMPONENT", "STATE", "URL", "VERSION"),
        [(c.name, c.state, c.url, c.version) for c in status.components],
    )
    up = sum(1 for t in status.targets if t.health == "up")
    show.result("")
    show.result(f"targets: {up} of {len(status.targets)} up")
    show.result(f"rules:   {status.rules_ok} ok, {len(status.rule_errors)} failing")
    show.result(f"alerts:  {len(status.firing)} firing")
    for line in _trouble_lines(status):
        show.result(line)


def _trouble_lines(status: Status) -> Iterator[str]:
    for component in status.components:
        if component.detail:
            yield f"! {component.name} {component.state}: {component.detail}"
    for target in status.targets:
        if target.health == "down":
            yield f"! target {target.job} is down: {target.error}"
    for rule in status.rule_errors:
        yield f"! rule {rule.name} fails: {rule.error}"
    for alert in status.firing:
        yield f"! {alert.labels.get('severity', '?')}: {alert.name}: {alert.summary}"
    for doubt in status.unreachable:
        yield f"! {doubt}"


def status_as_json(status: Status) -> dict[str, object]:
    """The state for machines; `well` is what the exit code says."""
    return {"well": status.is_well, **asdict(status)}


def watch_status(ask: Callable[[], Status]) -> None:
    """The state, again and again on a cleared screen, until interrupted."""
    while True:
        found = ask()
        show.console().clear()
        show_status(found)
        time.sleep(2)


def outcome_as_json(outcome: Outcome, status: Status) -> dict[str, object]:
    """A deployment for machines."""
    return {
        "result": outcome.result,
        "release": outcome.release,
        "runtime": outcome.session.runtime.name,
        "plan": plan_as_json(outcome.plan, outcome.prepared),
        "status": status_as_json(status),
    }


def show_problems(report: Report) -> None:
    """Findings, the worst first; then what was checked."""
    for problem in report.problems:
        show.result(f"{problem.level}: {problem.where}: {problem.what} [{problem.check}]")
        if problem.fix:
            show.result(f"  fix: {problem.fix}")
    show.result(
        f"{report.checks} checks, {report.count('error')} errors, {report.count('warning')} warnings, "
        f"{report.count('skipped')} not checked here"
    )


def problems_as_json(report: Report) -> dict[str, object]:
    """Findings for machines."""
    return {"checks": report.checks, "problems": [asdict(p) for p in report.problems]}
