"""What the user of `scaffold-tests` asked for, and the plan that comes of it. Nothing is written here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.plan import Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import Todo
from platformctl.scaffold.nextjs.detect import detect
from platformctl.scaffold.nextjs.framework import NAME, Choices, build, choices_from, folder_for, parts_of

_TIMEOUT_S: Final = 10


class Action(StrEnum):
    """What is to be done with the plan."""

    APPLY = "apply"
    PREVIEW = "preview"
    CHECK = "check"
    REMOVE = "remove"
    PREVIEW_REMOVAL = "preview-removal"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the user asked for."""

    root: Path
    action: Action = Action.APPLY
    only: str | None = None
    openapi: str | None = None
    force: tuple[str, ...] = ()
    allow_dirty: bool = False
    install: bool = False
    verify: bool = False
    strict_coverage: bool = False


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan and what it rests on; `app` is None when everything is taken out."""

    root: Path
    plan: Plan
    app: App | None = None
    choices: Choices | None = None
    todos: tuple[Todo, ...] = ()
    probes: tuple[LaidFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How the user is spoken to: `say` a line, show what is waited for, and ask before a plan is applied."""

    say: Callable[[str], None]
    wait: Callable[[str], None]
    confirm: Callable[[Prepared], bool]


def prepare(request: Request, choices: Choices | None = None) -> Prepared:
    """The plan; nothing is written. Without `choices` those of the last run hold."""
    if not request.root.is_dir():
        raise PlatformError("There is no such folder", where=str(request.root))
    root = request.root.resolve()
    manifest = read_manifest(root, NAME)
    if request.action in {Action.REMOVE, Action.PREVIEW_REMOVAL}:
        if not manifest.files and not manifest.shared:
            raise PlatformError(
                "Nothing was laid down here", where=str(root), fix=f"platformctl scaffold-tests {root}"
            )
        return Prepared(root=root, plan=plan_removal(root, manifest))
    view = OwnersView(root=root, manifest=manifest)
    parts = parts_of(request.only) if request.only is not None else None
    kept = choices or choices_from(manifest.answers, folder=folder_for(view), parts=parts)
    app = detect(view, node_here=_node(), openapi=request.openapi)
    framework = build(app, view, kept)
    plan = plan_laying(framework.tree, root, manifest, force=request.force)
    return Prepared(
        root=root, plan=plan, app=app, choices=kept, todos=framework.todos, probes=framework.probes
    )


def _node() -> str:
    try:
        done = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
