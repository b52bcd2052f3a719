"""A generated test that does not fit its component's types is left out by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from unit.scaffold.apps import SAMPLE, write

from platformctl.app.scaffold_request import Action, Request, prepare
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.packages import Packages
from platformctl.scaffold.nextjs.typecheck import misfits, plain_subject

COMPONENTS = """import { Cart } from "@/components/Cart";

describe("Cart", () => {
  const props = () => ({ items: 3 });
  const element = () => <Cart {...props()} />;
});
"""
RENDERING = """const components = [
  { name: "CartToo", element: () => <CartToo /> },
];
"""
SAID = """tests/unit/components.test.tsx(5,27): error TS2322: Type 'number' is not assignable
  Type 'number' is not assignable to type 'string[]'.
tests/unit/rendering.test.tsx(2,40): error TS2741: Property 'items' is missing
tests/unit/hooks.test.tsx(2,3): error TS2345: Argument
src/components/Own.tsx(1,1): error TS1005: the application's own
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    found = prepare(Request(root=SAMPLE, action=Action.PREVIEW)).app
    assert found is not None
    root = write(
        tmp_path,
        {
            "tests/unit/components.test.tsx": COMPONENTS,
            "tests/unit/rendering.test.tsx": RENDERING,
            "tests/unit/hooks.test.tsx": 'describe("useCart", () => {\n  useCart(1);\n});\n',
            "said": SAID,
            "node_modules/.bin/tsc": "#!/bin/sh\ncat said\nexit 2\n",
        },
    )
    (root / "node_modules/.bin/tsc").chmod(0o755)
    return replace(found, packages=Packages(root=root, document=found.packages.document))


def test_the_subject_of_each_error_in_a_generated_test_is_named(app: App) -> None:
    assert misfits(app, "tests") == {"Cart/types", "Cart/imports", "useCart/hook"}


def test_a_second_component_of_one_name_goes_by_its_own() -> None:
    assert [plain_subject(name) for name in ("Header", "HeaderToo", "HeaderTooToo")] == ["Header"] * 3
