"""What is generated for the sample, as a person reads it: the tests, the data, the pipeline, the report.

`pytest tests/golden/scaffold --update-golden` rewrites it; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from unit.scaffold.apps import SAMPLE

from platformctl.app.scaffold_tests import Action, Request, prepare

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


@pytest.mark.parametrize("path", FILES)
def test_the_generated_file_is_the_golden_one(path: str, pytestconfig: pytest.Config) -> None:
    plan = prepare(Request(root=SAMPLE, action=Action.PREVIEW)).plan
    made = next(step.after for step in plan.steps if step.path == path)
    golden = HERE / (path.replace("/", "__").lstrip(".") + ".golden")
    if pytestconfig.getoption("--update-golden"):
        golden.write_text(made or "")
    assert made == golden.read_text()
