"""The first run of what was laid down: what cannot work here is taken out and named, broken gates start as warnings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from platformctl.app.scaffold_request import Prepared, Request, Talk, prepare
from platformctl.errors import PlatformError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.nextjs.browsing import find_browser_suite
from platformctl.scaffold.nextjs.framework import Choices
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

_TARGET: Final = 80
_MOST_ROUNDS: Final = 4


def settle(request: Request, prepared: Prepared, talk: Talk) -> tuple[Prepared, UnitRun]:
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


def look_in_browsers(request: Request, prepared: Prepared, talk: Talk) -> Prepared:
    """Run the browser tests once, where that can be done; gates that are broken start as warnings."""
    app, choices = prepared.app, prepared.choices
    if app is None or choices is None or "e2e" not in choices.parts:
        return prepared
    suite = find_browser_suite(app, choices.folder)
    if suite is None or not suite.has_browser:
        talk.say(f"not run: the browser tests, there is no {'Chromium' if suite else 'Playwright'} here")
        return prepared
    talk.wait("building for production")
    if not suite.is_built:
        talk.say("not run: the browser tests, the application could not be built")
        return prepared
    talk.wait("running the generated browser tests")
    run = suite.run()
    if run is None:
        talk.say(f"not run: the browser tests; see what `{app.manager.run} test:e2e` says")
        return prepared
    talk.say(f"{run.passed} browser tests pass, {run.skipped} wait for what only you know (e2e/app.ts)")
    for title in run.failures:
        talk.say(f"fails: {title}")
    return _lay_again(request, _without(choices, frozenset(), run.gates)) if run.gates else prepared


def _lay_again(request: Request, choices: Choices) -> Prepared:
    prepared = prepare(request, choices)
    apply(prepared.plan, prepared.root)
    return prepared
