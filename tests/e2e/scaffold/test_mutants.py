"""Every fault that is put into the sample is caught by the generated test that is there for it."""

from __future__ import annotations

import random
import re

import pytest
from e2e.scaffold.harness import SampleApp
from e2e.scaffold.mutants import BROWSER, JOURNEYS, UNIT, Mutant

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]


def _ids(mutant: Mutant) -> str:
    return mutant.name


@pytest.fixture(scope="module")
def drawn(built: SampleApp) -> SampleApp:
    """The built sample with baselines of its looks."""
    ran = built.playwright("--project=visual", "--update-snapshots", "--grep", "the pages of gyms")
    assert ran.code == 0, ran.output[-2000:]
    return built


@pytest.mark.parametrize("mutant", UNIT, ids=_ids)
def test_a_unit_test_catches_it(app: SampleApp, mutant: Mutant) -> None:
    with app.mutated(mutant.path, mutant.old, mutant.new):
        ran = app.jest(mutant.run[0], "-t", re.escape(mutant.caught_by))
    assert any(mutant.caught_by in name for name in ran.failed), ran.failed or ran.output[-2000:]


@pytest.mark.parametrize("mutant", JOURNEYS, ids=_ids)
def test_a_broken_vertical_fails_its_own_journey_only(built: SampleApp, mutant: Mutant) -> None:
    with built.mutated(mutant.path, mutant.old, mutant.new):
        built.build()
        ran = built.playwright(*mutant.run)
    assert [name.split(": ")[1] + ":" for name in ran.failed] == [mutant.caught_by]
    assert len(ran.passed) == 4


@pytest.mark.parametrize("mutant", BROWSER, ids=_ids)
def test_a_browser_test_catches_it(drawn: SampleApp, mutant: Mutant) -> None:
    with drawn.mutated(mutant.path, mutant.old, mutant.new):
        if "useEffect" in mutant.new:
            _import_hooks(drawn, mutant.path)
        drawn.build()
        ran = drawn.playwright(*mutant.run)
    assert any(mutant.caught_by in name for name in ran.failed), ran.output[-2000:]


def test_a_bloated_bundle_breaks_its_budget(built: SampleApp) -> None:
    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400_000))
    (built.root / "src/lib/ballast.ts").write_text(f'export const ballast = "{noise}";\n')
    heavy = 'import { ballast } from "@/lib/ballast";\nimport { FeatureGate } from "./FeatureGate";'
    try:
        with built.mutated(
            "src/components/Checkout.tsx", 'import { FeatureGate } from "./FeatureGate";', heavy
        ):
            file = built.root / "src/components/Checkout.tsx"
            file.write_text(
                file.read_text().replace("To pay: {total}", "To pay: {total} {ballast.slice(total, 0)}")
            )
            built.build()
            ran = built.run("node", "tests/scripts/bundle-budget.mjs")
    finally:
        (built.root / "src/lib/ballast.ts").unlink()
    assert ran.code == 1
    assert "/retail loads" in ran.output


def test_growth_against_the_base_branch_is_caught(built: SampleApp) -> None:
    built.build()
    base = built.root / "base.json"
    written = built.run("node", "tests/scripts/bundle-budget.mjs", "--write", str(base))
    assert written.code == 0
    base.write_text(base.read_text().replace("13", "1", 1))
    ran = built.run("node", "tests/scripts/bundle-budget.mjs", "--base", str(base))
    assert ran.code == 1
    assert "grew by" in ran.output


def _import_hooks(app: SampleApp, path: str) -> None:
    file = app.root / path
    hooks = 'import { useEffect, useState } from "react";'
    file.write_text(file.read_text().replace('"use client";', f'"use client";\n\n{hooks}\nvoid useState;', 1))
