"""Lay the test framework into a Next.js application: look, plan, show, apply what was shown, and prove it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from platformctl.errors import DifferencesFound, PlatformError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.git import refuse_dirty
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.plan import Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import Todo
from platformctl.scaffold.nextjs.detect import detect
from platformctl.scaffold.nextjs.framework import NAME, Choices, build, choices_from, folder_for, parts_of
from platformctl.scaffold.nextjs.own_checks import refuse_regressions, run_own_checks
from platformctl.scaffold.nextjs.typecheck import ADAPTER, misfits
from platformctl.scaffold.nextjs.verify import (
    Suite,
    UnitRun,
    adapter_of,
    esm_packages,
    find_suite,
    gates_of,
    keys_of,
)

_TIMEOUT_S: Final = 10
_TARGET: Final = 80
_MOST_ROUNDS: Final = 4


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
    if not (request.install or request.verify) or prepared.app is None or prepared.choices is None:
        return Outcome(prepared=prepared, shown=shown, applied=True)
    settled, run = _settle(request, prepared, talk)
    if request.verify:
        _compare(prepared, before, talk)
    return Outcome(prepared=settled, shown=shown, applied=True, installed=True, run=run)


def _compare(prepared: Prepared, before: Mapping[str, bool], talk: Talk) -> None:
    """Run the application's own scripts again; they must come to the same as before."""
    if not before:
        talk.say(
            "not compared: your own scripts, because there were none or no packages were installed before"
        )
        return
    refuse_regressions(prepared.root, before, _own_checks(prepared, talk))
    talk.say(f"as before: {', '.join(before)}")


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


def install(root: Path, command: str) -> None:
    """Install packages with the project's own package manager; its output goes to the terminal."""
    done = subprocess.run(command.split(), cwd=root, check=False, stdout=2)
    if done.returncode:
        raise PlatformError(
            f"`{command}` failed with exit code {done.returncode}; the files are laid down",
            where=str(root),
            fix=f"cd {root} && {command}",
        )


def _settle(request: Request, prepared: Prepared, talk: Talk) -> tuple[Prepared, UnitRun]:
    """Run the unit tests; what cannot pass here goes to TODO.md, gates that are broken start as warnings."""
    choices, first = _loadable(request, prepared, talk)
    choices, passed = _passing(request, choices, first, _suite(prepared), talk)
    talk.wait("measuring the coverage")
    run = _suite(prepared).run(coverage=True)
    if run.failures:
        raise PlatformError(
            f"{len(run.failures)} generated tests fail in turn: {run.failures[0].title}",
            where=run.failures[0].file,
        )
    low = min(run.coverage.values(), default=_TARGET) < _TARGET
    if low and not request.strict_coverage:
        figures = tuple((kind, min(_TARGET, int(value))) for kind, value in run.coverage.items())
        choices = replace(choices, ratchet=figures)
    lines = f"{run.coverage['lines']} %" if "lines" in run.coverage else "there are none outside of pages"
    talk.say(f"{passed} tests pass; lines covered: {lines}{' (ratchet)' if low else ''}")
    return _lay_again(request, choices), run


def _passing(
    request: Request, choices: Choices, first: UnitRun | None, suite: Suite, talk: Talk
) -> tuple[Choices, int]:
    """The choices with which every test passes, and how many do: one that is left out may bring down another."""
    passed = 0
    for _ in range(_MOST_ROUNDS):
        talk.wait("running the generated unit tests")
        run, first = first or suite.run(coverage=False), None
        if run.broken:
            file, reason = run.broken[0]
            raise PlatformError(f"A generated test cannot be loaded: {reason[:1500]}", where=file)
        passed = run.passed
        if not run.failures:
            break
        choices = _without(choices, keys_of(run.failures), gates_of(run.failures))
        _lay_again(request, choices)
    return choices, passed


def _without(choices: Choices, keys: frozenset[str], gates: frozenset[str] = frozenset()) -> Choices:
    """The choices after a run: what cannot work is left out, and first of all what stands around everything."""
    if ADAPTER in keys and not choices.bare:
        return replace(choices, bare=True)
    return replace(
        choices,
        skipped=tuple(sorted({*choices.skipped, *keys})),
        warned=tuple(sorted({*choices.warned, *gates})),
    )


def _loadable(request: Request, prepared: Prepared, talk: Talk) -> tuple[Choices, UnitRun | None]:
    """The choices with which every generated file can be loaded by Jest, and the run that showed it, if one did."""
    choices = prepared.choices or Choices(folder="tests")
    suite = _suite(prepared)
    talk.wait("running the generated unit tests")
    run = suite.run(coverage=False)
    while new := esm_packages(run) - set(choices.esm):
        choices = replace(choices, esm=tuple(sorted({*choices.esm, *new})))
        prepared = _lay_again(request, choices)
        run = suite.run(coverage=False)
    keys = frozenset[str]()
    if run.broken:
        talk.wait("looking for what Jest cannot load")
        keys = suite.unloadable(prepared.probes) | adapter_of(run)
    talk.wait("checking the types")
    keys |= misfits(prepared.app, choices.folder) if prepared.app else frozenset()
    if not keys:
        return choices, None if run.broken else run
    bare = not choices.bare and ADAPTER in keys
    choices = _without(choices, keys)
    prepared = _lay_again(request, choices)
    # With another adapter all else may be well: look again.
    return _loadable(request, prepared, talk) if bare else (choices, None)


def _suite(prepared: Prepared) -> Suite:
    if prepared.app is None or prepared.choices is None:
        raise ValueError("nothing was laid down")
    return find_suite(prepared.app, prepared.choices.folder)


def _is_installed(prepared: Prepared) -> bool:
    return prepared.app is not None and prepared.app.packages.are_installed


def _own_checks(prepared: Prepared, talk: Talk) -> Mapping[str, bool]:
    """What the application's own scripts come to now."""
    if prepared.app is None:
        return {}
    view = OwnersView(root=prepared.root, manifest=read_manifest(prepared.root, NAME))
    return run_own_checks(view, prepared.app.manager.run, talk.wait)


def _lay_again(request: Request, choices: Choices) -> Prepared:
    prepared = prepare(request, choices)
    apply(prepared.plan, prepared.root)
    return prepared


def _node() -> str:
    try:
        done = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
