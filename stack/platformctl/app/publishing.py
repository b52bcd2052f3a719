"""Lay files of ours into somebody's project: look, plan, show, and apply what was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.plan import Plan
from platformctl.scaffold.lay.project import read_manifest
from platformctl.scaffold.lay.tree import Tree
from platformctl.sources.fastapi_project import Application

_MOST_SHOWN: Final = 8


class Action(StrEnum):
    """What is to be done with the plan."""

    APPLY = "apply"
    PREVIEW = "preview"
    CHECK = "check"
    REMOVE = "remove"


def action_of(*, remove: bool, check: bool, preview: bool) -> Action:
    """The action that the options name; to apply the plan, where they name none."""
    named = {Action.REMOVE: remove, Action.CHECK: check, Action.PREVIEW: preview}
    return next((action for action, wanted in named.items() if wanted), Action.APPLY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the user asked for."""

    root: Path
    action: Action = Action.APPLY
    force: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A plan and what it rests on. `source` is the folder that imports start from: empty or ``src/``."""

    root: Path
    plan: Plan
    source: str = ""
    application: Application | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of it."""

    prepared: Prepared
    applied: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Laid:
    """What is to be laid, and what was found in the project."""

    tree: Tree
    source: str = ""
    application: Application | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """One thing that can be laid: its manifest's name, the command, and what it lays into a project."""

    name: str
    command: str
    lay: Callable[[Path, Manifest], Laid]


def publish(publication: Publication, request: Request, confirm: Callable[[Prepared], bool]) -> Outcome:
    """Do what was asked for; raises DifferencesFound (exit 3) when --check finds a difference."""
    prepared = prepare(publication, request)
    match request.action:
        case Action.CHECK:
            _refuse_drift(publication, prepared)
            return Outcome(prepared=prepared, applied=False)
        case Action.PREVIEW:
            return Outcome(prepared=prepared, applied=False)
    if not prepared.plan.changes or confirm(prepared):
        apply(prepared.plan, prepared.root)
        return Outcome(prepared=prepared, applied=True)
    return Outcome(prepared=prepared, applied=False)


def prepare(publication: Publication, request: Request) -> Prepared:
    """The plan; nothing is written."""
    if not request.root.is_dir():
        raise PlatformError("There is no such folder", where=str(request.root))
    root = request.root.resolve()
    manifest = read_manifest(root, publication.name)
    if request.action is Action.REMOVE:
        if not manifest.files:
            raise PlatformError(
                "Nothing was published here", where=str(root), fix=f"{publication.command} {root}"
            )
        return Prepared(root=root, plan=plan_removal(root, manifest))
    laid = publication.lay(root, manifest)
    if unknown := sorted(set(request.force) - {file.path for file in laid.tree.files}):
        raise UsageError(
            f"--force names a file that is not laid down: {', '.join(unknown)}",
            fix=f"{publication.command} {root} --dry-run   # shows the paths",
        )
    plan = plan_laying(laid.tree, root, manifest, force=request.force)
    return Prepared(root=root, plan=plan, source=laid.source, application=laid.application)


def _refuse_drift(publication: Publication, prepared: Prepared) -> None:
    drift = prepared.plan.drift
    if drift:
        named = ", ".join(f"{step.path} ({step.kind.value})" for step in drift[:_MOST_SHOWN])
        more = f" and {len(drift) - _MOST_SHOWN} more" if len(drift) > _MOST_SHOWN else ""
        raise DifferencesFound(
            f"{len(drift)} files differ from what would be published: {named}{more}",
            where=str(prepared.root),
            fix=f"{publication.command} {prepared.root}",
        )
