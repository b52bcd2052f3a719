"""The application's linters leave the framework alone: it has a lint of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import Addition, Insertion, JsonEntry, JsonItem, Line, SharedFile
from platformctl.scaffold.nextjs.app import App

# The list of a flat configuration, in the shapes that create-next-app, ESLint and typescript-eslint write.
_LIST: Final = (
    r"(?:defineConfig\(\s*\[|tseslint\.config\((?:\s*\[)?|export default \[|module\.exports = \["
    r"|[cC]onfig\w*(?:: [\w.<>\[\]]+)? = \[)"
)
# A list that was made elsewhere: `export default nextJsConfig;`
_NAMED: Final = r"(?:export default|module\.exports =) (?=\w+;?\s*$)"


def lint_command(app: App) -> str:
    """The command that lints the framework; ESLint 8 takes a flat configuration through its API only."""
    if app.packages.naming("eslint").major("eslint") == 8:
        return "node {folder}/scripts/lint.mjs"
    return "eslint --max-warnings 0 -c {folder}/eslint.config.mjs {folder}"


def left_alone(app: App, view: OwnersView, folder: str) -> Iterator[SharedFile]:
    """What to add to the configuration of each linter that the application has."""
    for name in app.linters:
        text = view.read(name)
        if text is None:
            continue
        if name.startswith("biome"):
            yield SharedFile(path=name, additions=(_biome(app, text, folder),))
        elif name.startswith("eslint.config."):
            yield SharedFile(path=name, additions=_flat(text, folder))
        elif _takes_items(name, text):
            at = ("eslintConfig", "ignorePatterns") if name == "package.json" else ("ignorePatterns",)
            yield SharedFile(path=name, additions=(JsonItem(at=at, item=f"{folder}/"),))
        else:
            yield SharedFile(path=".eslintignore", additions=(Line(line=f"/{folder}/"),), create="")


def _flat(text: str, folder: str) -> tuple[Addition, ...]:
    ignored = f'{{ ignores: ["{folder}/**"] }},'
    if re.search(_LIST, text) or not re.search(_NAMED, text):
        return (Insertion(after=_LIST, text=f"\n  {ignored}"),)
    opening = f"[{ignored} "
    closing = f"].flat(/* {folder}/ has a lint of its own */)"
    return (
        Insertion(after=_NAMED, text=opening),
        Insertion(after=rf"{re.escape(opening)}\w+", text=closing),
    )


def _biome(app: App, text: str, folder: str) -> Addition:
    if app.packages.naming("@biomejs/biome").major("@biomejs/biome") == 1:
        return JsonItem(at=("files", "ignore"), item=folder)
    at = ("files", "includes")
    if jsonedit.has(text, at):
        return JsonItem(at=at, item=f"!{folder}")
    return JsonEntry(at=at, value=["**", f"!{folder}"])


def _takes_items(name: str, text: str) -> bool:
    """Whether a legacy configuration is JSON whose `ignorePatterns` is a list, or not there yet."""
    if name == "package.json":
        return not isinstance(jsonedit.value_at(text, ("eslintConfig", "ignorePatterns")), str)
    if name != ".eslintrc.json" and not (name == ".eslintrc" and text.lstrip().startswith("{")):
        return False
    return not isinstance(jsonedit.value_at(text, ("ignorePatterns",)), str)
