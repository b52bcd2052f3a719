"""Jest names one ES module at a time; all that it needs are found at once."""

from __future__ import annotations

import json
from pathlib import Path

from unit.scaffold.apps import write

from platformctl.scaffold.nextjs.esm import stumbled_over, with_dependencies


def module(**fields: object) -> str:
    return json.dumps({"type": "module", **fields})


def test_what_an_es_module_needs_is_found_through_every_layout(tmp_path: Path) -> None:
    store = "node_modules/.pnpm/unified@1/node_modules"
    write(
        tmp_path,
        {
            "node_modules/react-markdown/package.json": module(
                name="react-markdown", dependencies={"unified": "1", "both": "1", "old": "1"}
            ),
            "node_modules/both/package.json": module(name="both", exports={".": {"require": "./x.cjs"}}),
            "node_modules/old/package.json": json.dumps({"name": "old", "dependencies": {"bail": "2"}}),
            "node_modules/bail/package.json": module(name="bail"),
            f"{store}/unified/package.json": module(name="unified", dependencies={"trough": "1"}),
            f"{store}/trough/package.json": module(name="trough"),
        },
    )
    (tmp_path / "node_modules/unified").symlink_to(tmp_path / store / "unified")
    message = f"Must use import to load ES Module: {tmp_path}/node_modules/react-markdown/lib/index.js"
    found = with_dependencies(stumbled_over([message]))
    assert found == {"react-markdown", "unified", "trough", "bail"}


def test_another_failure_is_no_es_module() -> None:
    assert stumbled_over(["Details: /app/node_modules/x/index.js: is not defined"]) == {}
