"""What is generated for the sample, as a person reads it: the tests, the data, the pipeline, the report.

`pytest tests/golden/scaffold --update-golden` rewrites it; read the difference before you commit it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest
from unit.scaffold.apps import SAMPLE

from platformctl.app.scaffold_request import Action, Request, prepare
from platformctl.scaffold.lay.plan import Plan

HERE: Final = Path(__file__).parent
FILES: Final = (
    "tests/unit/components.test.tsx",
    "tests/unit/routes.test.ts",
    "tests/platform.adapter.tsx",
    "tests/platform.config.json",
    "tests/TODO.md",
    "tests/unit/hooks.test.tsx",
    "tests/unit/actions.test.ts",
    "tests/mocks/api.ts",
    "tests/e2e/journeys.ts",
    ".github/workflows/platform-tests.yml",
    "package.json",
    "eslint.config.mjs",
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan for the sample outside of this repository, whose folder the pipelines would name."""
    root = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("golden") / "sample"))
    return prepare(Request(root=root, action=Action.PREVIEW)).plan


@pytest.mark.parametrize("path", FILES)
def test_the_generated_file_is_the_golden_one(path: str, plan: Plan, pytestconfig: pytest.Config) -> None:
    made = next(step.after for step in plan.steps if step.path == path)
    golden = HERE / (path.replace("/", "__").lstrip(".") + ".golden")
    if pytestconfig.getoption("--update-golden"):
        golden.write_text(made or "")
    assert made == golden.read_text()
