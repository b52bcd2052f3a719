"""Ask the application's own TypeScript whether what was inferred fits: a test that runs may still be wrong."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.versions import types_refusal

_TIMEOUT_S: Final = 600
_ERROR: Final = re.compile(r"^(?P<file>[^\s(]+)\((?P<line>\d+),\d+\): error TS", re.MULTILINE)
# The lines that say which subject the lines below them are about.
_SUBJECT: Final = re.compile(
    r"""^(?:describe\w*\("([^"]+)"|\s*\{ name: "([^"]+)", element|import \{? ?(\w+))"""
)
# By file: the kinds of tests to leave out when the types do not fit.
_KINDS: Final = {"hooks": ("hook",), "routes": ("route",), "actions": ("action",), "proxy": ("proxy",)}
_COMPONENT: Final = ("types", "imports")
# The key of the tests of platform.adapter.tsx: with the adapter, everything fails.
ADAPTER: Final = "the adapter/loads"


def misfits(app: App, folder: str) -> frozenset[str]:
    """The keys of generated tests that do not type-check; empty where types cannot be checked at all."""
    compiler = app.packages.program("tsc")
    if types_refusal(app.packages) or (compiler is None and not app.packages.plug_and_play):
        return frozenset()
    command = [str(compiler)] if compiler else [*app.manager.exec.split(), "tsc"]
    done = subprocess.run(
        [*command, "-p", folder, "--pretty", "false"],
        cwd=app.packages.root,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    found = {key for file, line in _errors(done.stdout, folder) for key in _keys(app, file, line)}
    adapter = {ADAPTER} if f"{folder}/platform.adapter.tsx(" in done.stdout else set[str]()
    return frozenset(found | adapter)


def plain_subject(name: str) -> str:
    """The component's own name; of two with one name, the second is `NameToo` where both are rendered."""
    return re.sub(r"(?:Too)+$", "", name)


def stem_of(file: str) -> str:
    """What a generated test file is about: `hooks` for the second file of hooks, too."""
    return re.sub(r"-\d+$", "", PurePosixPath(file).name.split(".")[0])


def _errors(output: str, folder: str) -> Iterator[tuple[str, int]]:
    """(file, line) of the errors in generated unit tests; those elsewhere are the application's."""
    for found in _ERROR.finditer(output):
        if found["file"].startswith(f"{folder}/unit/"):
            yield found["file"], int(found["line"])


def _keys(app: App, file: str, line: int) -> Iterator[str]:
    lines = (app.packages.root / file).read_text(encoding="utf-8").splitlines()[:line]
    matches = (found for text in reversed(lines) if (found := _SUBJECT.match(text)))
    subject = next((name for found in matches for name in found.groups() if name), None)
    if subject is None:
        return
    for kind in _KINDS.get(stem_of(file), _COMPONENT):
        yield f"{plain_subject(subject)}/{kind}"
