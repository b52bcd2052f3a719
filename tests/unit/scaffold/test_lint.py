"""The application's linters are told to leave the framework alone, and are given back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scaffold.apps import package, write

from platformctl.app.scaffold_request import Action, Request, Talk
from platformctl.app.scaffold_tests import scaffold

QUIET = Talk(say=lambda _: None, wait=lambda _: None, confirm=lambda _: True)
APP = {"tsconfig.json": "{}\n", "app/page.tsx": "export default function Page() { return <main />; }\n"}


def lay(root: Path, action: Action = Action.APPLY) -> None:
    scaffold(Request(root=root, action=action, allow_dirty=True), QUIET)


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        (
            "eslint.config.mjs",
            "export default [\n  next,\n];\n",
            'export default [\n  { ignores: ["tests/**"] },\n',
        ),
        (
            "eslint.config.ts",
            "const config: Linter.Config[] = [next];\nexport default config;\n",
            'const config: Linter.Config[] = [\n  { ignores: ["tests/**"] },next]',
        ),
        (
            "eslint.config.js",
            "module.exports = [next];\n",
            'module.exports = [\n  { ignores: ["tests/**"] },next]',
        ),
        (
            "eslint.config.mjs",
            'import { nextJs } from "@repo/eslint";\n\nexport default nextJs;\n',
            'export default [{ ignores: ["tests/**"] }, nextJs].flat(/* tests/ has a lint of its own */);\n',
        ),
        (".eslintrc.json", '{ "extends": "next" }\n', '"ignorePatterns": ["tests/"]'),
        ("biome.json", '{ "linter": {} }\n', '"!tests"'),
        (
            "biome.jsonc",
            '{\n  "files": {\n    "includes": ["**"],\n  },\n}\n',
            '"includes": ["**", "!tests"]',
        ),
    ],
)
def test_the_configuration_leaves_the_folder_out(tmp_path: Path, name: str, text: str, after: str) -> None:
    root = write(tmp_path, {**APP, "package.json": package(), name: text})
    lay(root)
    assert "".join(after.split()) in "".join((root / name).read_text().split())
    lay(root, Action.REMOVE)
    assert (root / name).read_text() == text


@pytest.mark.parametrize("name", [".eslintrc.js", ".eslintrc.yml"])
def test_a_configuration_that_is_code_gets_an_ignore_file(tmp_path: Path, name: str) -> None:
    root = write(tmp_path, {**APP, "package.json": package(), name: "module.exports = {}\n"})
    lay(root)
    assert (root / ".eslintignore").read_text() == "/tests/\n"
    lay(root, Action.REMOVE)
    assert not (root / ".eslintignore").exists()
