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
from e2e.scaffold.mutants import BROWSER, JOURNEYS, UNIT, Mutant, Record, together

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture(scope="module")
def record(pytestconfig: pytest.Config) -> Iterator[Record]:
    """The page that says which test caught which fault; `--update-golden` writes what this run came to."""
    kept = Record()
    yield kept
    if pytestconfig.getoption("--update-golden"):
        kept.write()


def _ids(mutant: Mutant) -> str:
    return mutant.name


@pytest.fixture(scope="module")
def faulty(app: SampleApp, tmp_path_factory: pytest.TempPathFactory) -> SampleApp:
    """A copy of the sample to put faults into."""
    return app.copy(tmp_path_factory.mktemp("faulty") / "app")


@pytest.fixture(scope="module")
def faulty_pages(drawn: SampleApp, tmp_path_factory: pytest.TempPathFactory) -> SampleApp:
    """A copy that was built and drawn. Its types are not checked again with every fault."""
    copy = drawn.copy(tmp_path_factory.mktemp("faulty-pages") / "app")
    config = copy.root / "next.config.ts"
    unchecked = "typescript: { ignoreBuildErrors: true },\n  experimental:"
    config.write_text(config.read_text().replace("experimental:", unchecked, 1))
    return copy


def test_faults_of_each_kind_are_caught_by_the_unit_tests_for_them(faulty: SampleApp) -> None:
    faults = together(UNIT)
    titles = "|".join(re.escape(fault.caught_by) for fault in faults)
    with _all_in(faulty, faults):
        ran = faulty.jest(*{fault.run[0] for fault in faults}, "-t", f"({titles})")
    _expect_caught(faults, ran)


def test_faults_of_each_kind_are_caught_by_the_browser_tests_for_them(faulty_pages: SampleApp) -> None:
    faults = (*together(JOURNEYS), *together(BROWSER))
    projects = sorted({fault.run[0] for fault in faults} | {"--project=visual", "--project=mobile"})
    others = ("the pages of (gyms|hotels|retail) look as before", "of retail sees its pages")
    titles = "|".join([*(fault.run[2] for fault in faults), *others])
    with _all_in(faulty_pages, faults), _ballast(faulty_pages):
        faulty_pages.build()
        ran = faulty_pages.playwright(*projects, "--grep", f"({titles})")
        bundle = faulty_pages.run("node", "tests/scripts/bundle-budget.mjs")
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
def test_a_unit_test_catches_it(faulty: SampleApp, record: Record, mutant: Mutant) -> None:
    with faulty.mutated(mutant.path, mutant.old, mutant.new):
        ran = faulty.jest(mutant.run[0], "-t", re.escape(mutant.caught_by))
    _expect_caught([mutant], ran)
    record.keep(mutant, ran)


@pytest.mark.full
@pytest.mark.parametrize("mutant", JOURNEYS, ids=_ids)
def test_a_broken_vertical_fails_its_own_journey_only(
    faulty_pages: SampleApp, record: Record, mutant: Mutant
) -> None:
    with faulty_pages.mutated(mutant.path, mutant.old, mutant.new):
        faulty_pages.build()
        ran = faulty_pages.playwright(*mutant.run)
    assert [name.split(": ")[1] + ":" for name in ran.failed] == [mutant.caught_by]
    assert len(ran.passed) == 4
    record.keep(mutant, ran)


@pytest.mark.full
@pytest.mark.parametrize("mutant", BROWSER, ids=_ids)
def test_a_browser_test_catches_it(faulty_pages: SampleApp, record: Record, mutant: Mutant) -> None:
    with _all_in(faulty_pages, [mutant]):
        faulty_pages.build()
        ran = faulty_pages.playwright(*mutant.run)
    _expect_caught([mutant], ran)
    record.keep(mutant, ran)


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
