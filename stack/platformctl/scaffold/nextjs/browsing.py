"""Run the generated browser tests once, against a production build, and name the gates that they find broken."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.nextjs.app import App

_TIMEOUT_S: Final = 900
# What depends neither on drawn baselines nor on how busy the machine is.
_PROJECTS: Final = ("chrome", "a11y", "security")


@dataclass(frozen=True, kw_only=True)
class BrowserRun:
    """What a run of the browser tests came to: those that failed under a gate, by it, and all others that failed."""

    passed: int
    skipped: int
    gates: frozenset[str]
    failures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BrowserSuite:
    """The generated browser tests of an application, and how they are run in it."""

    root: Path
    config: str
    playwright: tuple[str, ...]
    build: tuple[str, ...]

    @property
    def has_browser(self) -> bool:
        """Whether this machine has a Chromium for them."""
        return self._playwright("--list", "--project=chrome", REQUIRE_BROWSER="chrome").returncode == 0

    @property
    def is_built(self) -> bool:
        """Whether there is a production build to look at, or one could be made."""
        if (self.root / ".next" / "BUILD_ID").is_file():
            return True
        return _run(self.build, self.root, os.environ).returncode == 0

    def run(self) -> BrowserRun | None:
        """Run them; None when Playwright itself does not run, as where the server does not start."""
        with tempfile.TemporaryDirectory() as place:
            report = Path(place) / "playwright.json"
            self._playwright(
                "--reporter=json",
                *(f"--project={name}" for name in _PROJECTS),
                PLAYWRIGHT_JSON_OUTPUT_FILE=str(report),
                PLATFORM_E2E_PORT=str(_free_port()),
            )
            document = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
        tests = list(_tests(document.get("suites")))
        failed = [(title, gate) for title, status, gate in tests if status in {"unexpected", "flaky"}]
        run = BrowserRun(
            passed=sum(status == "expected" for _, status, _ in tests),
            skipped=sum(status == "skipped" for _, status, _ in tests),
            gates=frozenset(gate for _, gate in failed if gate),
            failures=tuple(title for title, gate in failed if not gate),
        )
        return run if tests and not document.get("errors") else None

    def _playwright(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        command = (*self.playwright, "test", "-c", self.config, *arguments)
        return _run(command, self.root, {**os.environ, **environment})


def find_browser_suite(app: App, folder: str) -> BrowserSuite | None:
    """How the browser tests are run here; None when Playwright is not installed."""
    playwright, following = app.command("playwright"), app.command("next")
    if playwright is None or following is None:
        return None
    build = (*app.manager.run.split(), "build") if app.has_script("build") else (*following, "build")
    config = f"{folder}/playwright.config.ts"
    return BrowserSuite(root=app.packages.root, config=config, playwright=playwright, build=build)


def _run(
    command: tuple[str, ...], root: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _tests(suites: JsonValue) -> Iterator[tuple[str, str, str | None]]:
    """(title, status, gate) of each test of Playwright's report."""
    for suite in _dicts(suites):
        yield from _tests(suite.get("suites"))
        for spec in _dicts(suite.get("specs")):
            for test in _dicts(spec.get("tests")):
                gates = [
                    str(one.get("description"))
                    for one in _dicts(test.get("annotations"))
                    if one.get("type") == "gate"
                ]
                title = f"{test.get('projectName')}: {spec.get('title')}"
                yield title, str(test.get("status")), next(iter(gates), None)


def _dicts(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
