"""Lay the test framework into a Next.js application: look, plan, show, apply what was shown, and prove it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.app.scaffold_first_run import look_in_browsers, settle
from platformctl.app.scaffold_request import Action, Prepared, Request, Talk, prepare
from platformctl.errors import DifferencesFound, PlatformError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.git import refuse_dirty
from platformctl.scaffold.lay.plan import Kind, Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.framework import NAME
from platformctl.scaffold.nextjs.own_checks import refuse_regressions, run_own_checks
from platformctl.scaffold.nextjs.verify import (
    UnitRun,
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it: the project as it is planned now, and the plan that was shown and applied.

    `run` is the last run of the unit tests, when they were run; `installed` says that packages were.
    """

    prepared: Prepared
    shown: Plan
    applied: bool
    installed: bool = False
    run: UnitRun | None = None


def scaffold(request: Request, talk: Talk) -> Outcome:
    """Do what was asked for; raises DifferencesFound when --check finds a difference."""
    prepared = prepare(request)
    match request.action:
        case Action.CHECK:
            refuse_drift(prepared)
            return Outcome(prepared=prepared, shown=prepared.plan, applied=False)
        case Action.PREVIEW | Action.PREVIEW_REMOVAL:
            return Outcome(prepared=prepared, shown=prepared.plan, applied=False)
    if not request.allow_dirty and prepared.plan.changes:
        refuse_dirty(prepared.root)
    before = _own_checks(prepared, talk) if request.verify and _is_installed(prepared) else {}
    if before:  # a build may rewrite tsconfig.json, and what is shown must be what is applied
        prepared = prepare(request)
    shown = prepared.plan
    if shown.changes and not talk.confirm(prepared):
        return Outcome(prepared=prepared, shown=shown, applied=False)
    apply(prepared.plan, prepared.root)
    if request.install and prepared.app is not None:
        talk.say(f"$ {prepared.app.manager.install}")  # it shows its own progress
        install(prepared.root, prepared.app.manager.install)
        _refuse_left_out(prepared.app)
    if not (request.install or request.verify) or prepared.app is None or prepared.choices is None:
        return Outcome(prepared=prepared, shown=shown, applied=True)
    settled, run = settle(request, prepared, talk) if "unit" in prepared.choices.parts else (prepared, None)
    if request.verify:
        _compare(prepared, before, talk)
    settled = look_in_browsers(request, settled, talk)
    if settled.choices and settled.choices.warned:
        talk.say(f"start as warnings, see gates.json: {', '.join(settled.choices.warned)}")
    return Outcome(prepared=settled, shown=shown, applied=True, installed=True, run=run)


def _refuse_left_out(app: App) -> None:
    """Raise PlatformError when the package manager was content, and yet installed nothing for the application."""
    if app.command("next") is None:
        raise PlatformError(
            f"`{app.manager.install}` installed nothing for this application",
            where=str(app.packages.root),
            fix='see whether its workspace includes it; yarn 1 passes over a package.json without a "version"',
        )


def _compare(prepared: Prepared, before: Mapping[str, bool], talk: Talk) -> None:
    """Run the application's own scripts again; they must come to the same as before."""
    if not before:
        talk.say(
            "not compared: your own scripts, because there were none or no packages were installed before"
        )
        return
    refuse_regressions(prepared.root, before, _own_checks(prepared, talk))
    results = (f"{name} {'passes' if passed else 'fails'}" for name, passed in before.items())
    talk.say(f"as before: {', '.join(results)}")


def refuse_drift(prepared: Prepared) -> None:
    """Raise DifferencesFound (exit 3) when the project is not as it was laid down."""
    drift = prepared.plan.drift
    if drift:
        named = ", ".join(f"{step.path} ({step.kind.value})" for step in drift[:8])
        more = f" and {len(drift) - 8} more" if len(drift) > 8 else ""
        differ = "1 file differs" if len(drift) == 1 else f"{len(drift)} files differ"
        again = f"platformctl scaffold-tests {prepared.root}"
        edited = [step.path for step in drift if step.kind is Kind.EDITED]
        # A run keeps what was edited: only giving the edit up settles it.
        rerun = len(edited) < len(drift)
        raise DifferencesFound(
            f"{differ} from what would be laid down: {named}{more}",
            where=str(prepared.root),
            fix=again if rerun else f"{again} --force {edited[0]}   # takes ours, yours is kept as .orig",
        )


def install(root: Path, command: str) -> None:
    """Install packages with the project's own package manager; its output goes to the terminal."""
    done = subprocess.run(command.split(), cwd=root, check=False, stdout=2)
    if done.returncode:
        raise PlatformError(
            f"`{command}` failed with exit code {done.returncode}; the files are laid down",
            where=str(root),
            fix=f"cd {root} && {command}",
        )


def _is_installed(prepared: Prepared) -> bool:
    return prepared.app is not None and prepared.app.packages.are_installed


def _own_checks(prepared: Prepared, talk: Talk) -> Mapping[str, bool]:
    """What the application's own scripts come to now."""
    if prepared.app is None:
        return {}
    view = OwnersView(root=prepared.root, manifest=read_manifest(prepared.root, NAME))
    return run_own_checks(view, prepared.app.manager.run, talk.wait)
