"""Every fault that is put into the sample is caught by the generated test that is there for it.

One of each kind in every run, several at once; all of them, each alone, in `make test-frontend-full`.
"""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterable, Iterator

import pytest
from e2e.scaffold.harness import Ran, SampleApp
from e2e.scaffold.mutants import BROWSER, JOURNEYS, UNIT, Mutant, together

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]


def _ids(mutant: Mutant) -> str:
    return mutant.name


@pytest.fixture(scope="module")
def drawn(built: SampleApp) -> SampleApp:
    """The built sample with baselines of its looks."""
    if not (built.root / "tests/e2e/snapshots").exists():
        ran = built.playwright("--project=visual", "--update-snapshots")
        assert ran.code == 0, ran.output[-2000:]
    return built


def test_faults_of_each_kind_are_caught_by_the_unit_tests_for_them(app: SampleApp) -> None:
    faults = together(UNIT)
    titles = "|".join(re.escape(fault.caught_by) for fault in faults)
    with _all_in(app, faults):
        ran = app.jest(*{fault.run[0] for fault in faults}, "-t", f"({titles})")
    _expect_caught(faults, ran)


def test_faults_of_each_kind_are_caught_by_the_browser_tests_for_them(drawn: SampleApp) -> None:
    faults = (*together(JOURNEYS), *together(BROWSER))
    projects = sorted({fault.run[0] for fault in faults} | {"--project=visual", "--project=mobile"})
    titles = "|".join([*(fault.run[2] for fault in faults), "look as before", "of retail sees its pages"])
    with _all_in(drawn, faults), _ballast(drawn):
        drawn.build()
        ran = drawn.playwright(*projects, "--grep", f"({titles})")
        bundle = drawn.run("node", "tests/scripts/bundle-budget.mjs")
    _expect_caught(faults, ran)
    journeys = [name for name in ran.failed if name.startswith("chrome") and "its customers get" in name]
    assert len(journeys) == len(together(JOURNEYS)), "a broken vertical fails its own journey only"
    assert any(name.startswith("mobile") and "sees its pages" in name for name in ran.passed)
    looks = [name for name in ran.failed if name.startswith("visual")]
    assert len(looks) == 1, "one form changed its colours"
    assert "gyms" in looks[0]
    assert bundle.code == 1
    assert "/retail loads" in bundle.output


@pytest.mark.full
@pytest.mark.parametrize("mutant", UNIT, ids=_ids)
def test_a_unit_test_catches_it(app: SampleApp, mutant: Mutant) -> None:
    with app.mutated(mutant.path, mutant.old, mutant.new):
        ran = app.jest(mutant.run[0], "-t", re.escape(mutant.caught_by))
    _expect_caught([mutant], ran)


@pytest.mark.full
@pytest.mark.parametrize("mutant", JOURNEYS, ids=_ids)
def test_a_broken_vertical_fails_its_own_journey_only(built: SampleApp, mutant: Mutant) -> None:
    with built.mutated(mutant.path, mutant.old, mutant.new):
        built.build()
        ran = built.playwright(*mutant.run)
    assert [name.split(": ")[1] + ":" for name in ran.failed] == [mutant.caught_by]
    assert len(ran.passed) == 4


@pytest.mark.full
@pytest.mark.parametrize("mutant", BROWSER, ids=_ids)
def test_a_browser_test_catches_it(drawn: SampleApp, mutant: Mutant) -> None:
    with _all_in(drawn, [mutant]):
        drawn.build()
        ran = drawn.playwright(*mutant.run)
    _expect_caught([mutant], ran)


def _expect_caught(mutants: Iterable[Mutant], ran: Ran) -> None:
    survivors = [m.name for m in mutants if not any(m.caught_by in name for name in ran.failed)]
    assert not survivors, (survivors, ran.failed, ran.output[-2000:])


@contextlib.contextmanager
def _all_in(app: SampleApp, mutants: Iterable[Mutant]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for mutant in mutants:
            stack.enter_context(app.mutated(mutant.path, mutant.old, mutant.new))
            if "useEffect" in mutant.new:
                _import_hooks(app, mutant.path)
        yield


@contextlib.contextmanager
def _ballast(app: SampleApp) -> Iterator[None]:
    """400 kB that no compression makes small, loaded by the retail page."""
    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400_000))
    ballast = app.root / "src/lib/ballast.ts"
    ballast.write_text(f'export const ballast = "{noise}";\n')
    page = app.root / "src/components/Checkout.tsx"
    original = page.read_text()
    imported = original.replace('"use client";', '"use client";\nimport { ballast } from "@/lib/ballast";', 1)
    page.write_text(f"{imported}\nglobalThis.setTimeout(() => ballast, 0);\n")
    try:
        yield
    finally:
        page.write_text(original)
        ballast.unlink()


def _import_hooks(app: SampleApp, path: str) -> None:
    file = app.root / path
    if "useEffect," in file.read_text() or "useEffect }" in file.read_text():
        return
    hooks = 'import { useEffect, useState } from "react";'
    file.write_text(file.read_text().replace('"use client";', f'"use client";\n\n{hooks}\nvoid useState;', 1))
