"""The sample application: scaffolded, with packages from npm, and run for real in cheap copies."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from support.servers import free_port

from platformctl.app.scaffold_request import Request, Talk
from platformctl.app.scaffold_tests import scaffold

HERE: Final = Path(__file__).parent
SAMPLE: Final = HERE / "sample"
OWNER: Final = HERE / "owner"
TALK: Final = Talk(say=lambda _: None, wait=lambda _: None, confirm=lambda _: True)
_INSTALL: Final = ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"]


def chromium() -> str | None:
    """The machine's Chromium or Chrome."""
    return next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)


def node_modules(package: Path) -> Path:
    """The packages of a package.json, installed once for each content and kept between runs."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    text = package.read_text()
    wanted = json.loads(text)
    key = hashlib.sha256(
        json.dumps([wanted["dependencies"], wanted["devDependencies"]]).encode()
    ).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "platformctl-tests" / key
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / "complete").exists():
            (cache / "package.json").write_text(text)
            done = subprocess.run(_INSTALL, cwd=cache, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"npm could not install the packages: {done.stderr.strip()[-300:]}")
            (cache / "complete").touch()
    return cache / "node_modules"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command came to."""

    code: int
    output: str
    failed: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SampleApp:
    """One copy of the scaffolded sample, filled in by its owner."""

    root: Path

    def run(self, *command: str, **environment: str) -> Ran:
        """Run a program of the project's packages."""
        env = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1", **environment}
        env.pop("CI", None)
        binary = self.root / "node_modules" / ".bin" / command[0]
        program = [str(binary) if binary.exists() else command[0], *command[1:]]
        done = subprocess.run(program, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        return Ran(code=done.returncode, output=done.stdout + done.stderr)

    def build(self) -> None:
        """Build for production."""
        ran = self.run("next", "build")
        assert ran.code == 0, ran.output[-3000:]

    def jest(self, *arguments: str) -> Ran:
        """Run unit tests; the titles of those that failed and passed."""
        report = self.root / "jest.json"
        report.unlink(missing_ok=True)
        ran = self.run("jest", "-c", "tests/jest.config.mjs", "--json", f"--outputFile={report}", *arguments)
        suites = json.loads(report.read_text())["testResults"] if report.exists() else []
        tests = [(test["fullName"], test["status"]) for suite in suites for test in suite["assertionResults"]]
        return _with_results(ran, tests)

    def playwright(self, *arguments: str) -> Ran:
        """Run browser tests on a port of their own; the titles of those that failed, passed and were skipped."""
        report = self.root / "playwright.json"
        report.unlink(missing_ok=True)
        ran = self.run(
            "playwright",
            "test",
            "-c",
            "tests/playwright.config.ts",
            "--reporter=json",
            *arguments,
            PLAYWRIGHT_JSON_OUTPUT_FILE=str(report),
            PLATFORM_E2E_PORT=str(free_port()),
        )
        document = json.loads(report.read_text()) if report.exists() else {"suites": []}
        return _with_results(ran, list(_specs(document["suites"])))

    def copy(self, root: Path) -> SampleApp:
        """Another copy, with what was built and drawn here: what is done to it does not show in this one."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("node_modules", "reports"))
        link_packages(self.root / "node_modules", root)
        return SampleApp(root=root)

    @contextlib.contextmanager
    def mutated(self, path: str, old: str, new: str) -> Iterator[None]:
        """The application with one fault in it."""
        file = self.root / path
        original = file.read_text()
        assert original.count(old) == 1, f"{path} holds {old!r} {original.count(old)} times"
        file.write_text(original.replace(old, new))
        try:
            yield
        finally:
            file.write_text(original)


def lay_sample(root: Path) -> SampleApp:
    """A copy of the sample with the framework, the owner's files and packages."""
    shutil.copytree(SAMPLE, root, dirs_exist_ok=True)
    scaffold(Request(root=root, allow_dirty=True), TALK)
    shutil.copytree(OWNER, root, dirs_exist_ok=True)
    link_packages(node_modules(root / "package.json"), root)
    return SampleApp(root=root)


def link_packages(packages: Path, root: Path) -> None:
    """Give a project installed packages: linked where that can be done, copied otherwise."""
    linked = subprocess.run(["cp", "-al", str(packages), str(root)], capture_output=True, check=False)
    if linked.returncode:
        subprocess.run(["cp", "-a", str(packages), str(root)], check=True)


def _with_results(ran: Ran, tests: list[tuple[str, str]]) -> Ran:
    def of(*statuses: str) -> tuple[str, ...]:
        return tuple(name for name, status in tests if status in statuses)

    return Ran(
        code=ran.code,
        output=ran.output,
        failed=of("failed", "unexpected", "flaky"),
        passed=of("passed", "expected"),
        skipped=of("skipped", "pending"),
    )


def _specs(suites: list[dict[str, object]]) -> Iterator[tuple[str, str]]:
    for suite in suites:
        yield from _specs(suite.get("suites", []))  # type: ignore[arg-type]
        for spec in suite.get("specs", []):  # type: ignore[attr-defined]
            for test in spec["tests"]:
                yield f"{test['projectName']}: {spec['title']}", test["status"]
