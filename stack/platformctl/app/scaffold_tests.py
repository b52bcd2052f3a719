"""Lay the test framework into a Next.js application: look, plan, and apply what was shown."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.errors import DifferencesFound, PlatformError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.plan import Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import Todo
from platformctl.scaffold.nextjs.detect import detect
from platformctl.scaffold.nextjs.framework import NAME, PARTS, Choices, build, folder_for, parts_of

_TIMEOUT_S: Final = 10


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the user asked for."""

    root: Path
    only: str | None = None
    openapi: str | None = None
    force: Collection[str] = ()
    allow_dirty: bool = False


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan and what it rests on. `app` is None when everything is taken out."""

    root: Path
    plan: Plan
    app: App | None
    todos: tuple[Todo, ...] = ()


def prepare(request: Request) -> Prepared:
    """The plan for an application; nothing is written."""
    root = _folder(request.root)
    manifest = read_manifest(root, NAME)
    view = OwnersView(root=root, manifest=manifest)
    app = detect(view, node_here=_node(), openapi=request.openapi)
    framework = build(app, view, _choices(view, manifest, request))
    plan = plan_laying(framework.tree, root, manifest, force=request.force)
    return Prepared(root=root, plan=plan, app=app, todos=framework.todos)


def prepare_removal(request: Request) -> Prepared:
    """The plan to take everything out again."""
    root = _folder(request.root)
    manifest = read_manifest(root, NAME)
    if not manifest.files and not manifest.shared:
        raise PlatformError("Nothing was laid down here", where=str(root), fix=f"platformctl scaffold-tests {root}")
    return Prepared(root=root, plan=plan_removal(root, manifest), app=None)


def carry_out(prepared: Prepared, *, allow_dirty: bool) -> None:
    """Apply a plan that was shown; a git tree with uncommitted changes is refused unless allowed."""
    if not allow_dirty and prepared.plan.changes:
        _refuse_dirty(prepared.root)
    apply(prepared.plan, prepared.root)


def refuse_drift(prepared: Prepared) -> None:
    """Raise DifferencesFound (exit 3) when the project is not as it was laid down."""
    drift = prepared.plan.drift
    if drift:
        named = ", ".join(f"{step.path} ({step.kind.value})" for step in drift[:8])
        more = f" and {len(drift) - 8} more" if len(drift) > 8 else ""
        raise DifferencesFound(
            f"{len(drift)} files differ from what would be laid down: {named}{more}",
            where=str(prepared.root),
            fix=f"platformctl scaffold-tests {prepared.root}",
        )


def install(prepared: Prepared) -> None:
    """Install the packages with the project's own package manager; its output is the progress."""
    if prepared.app is None:
        return
    command = prepared.app.manager.install
    done = subprocess.run(command.split(), cwd=prepared.root, check=False)
    if done.returncode:
        raise PlatformError(
            f"`{command}` failed with exit code {done.returncode}; the files are laid down",
            where=str(prepared.root),
            fix=f"cd {prepared.root} && {command}",
        )


def _choices(view: OwnersView, manifest: Manifest, request: Request) -> Choices:
    """The choices of the last run, unless this one names others."""
    answers = manifest.answers
    folder, parts, skipped = answers.get("folder"), answers.get("parts"), answers.get("skipped")
    kept = tuple(str(part) for part in parts) if isinstance(parts, list) else PARTS
    return Choices(
        folder=folder if isinstance(folder, str) else folder_for(view),
        parts=parts_of(request.only) if request.only is not None else kept,
        skipped=tuple(str(name) for name in skipped) if isinstance(skipped, list) else (),
    )


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise PlatformError("There is no such folder", where=str(root))
    return root.resolve()


def _node() -> str:
    try:
        done = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _refuse_dirty(root: Path) -> None:
    done = subprocess.run(
        ["git", "status", "--porcelain", "--", "."], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode == 0 and done.stdout.strip():
        first = done.stdout.splitlines()[0][3:]
        raise PlatformError(
            f"There are uncommitted changes ({first}, ...): a commit first makes everything easy to undo",
            where=str(root),
            fix=f"git -C {root} stash   # or: platformctl scaffold-tests {root} --allow-dirty",
        )
