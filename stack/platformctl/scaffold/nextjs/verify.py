"""Run the generated unit tests where they were laid, and name those that cannot pass in this application."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.esm import stumbled_over, with_dependencies
from platformctl.scaffold.nextjs.typecheck import ADAPTER, plain_subject, stem_of

_TIMEOUT_S: Final = 900
# What a generated test's title begins with, and the kind of test that it is.
_KINDS: Final = (
    ("calls ", "callbacks"),
    ("answers to each", "presses"),
    ("sends what", "sends"),
    ("tells success", "sends"),
    ("says what became", "submits"),
    ("shows more when", "flags"),
    ("shows its children", "gate"),
    ("names its tenant", "names_tenant"),
)
_GATES: Final = (
    ("toHaveNoViolations", "a11y"),
    ('gate "a11y"', "a11y"),
    ('gate "contract"', "contract"),
    ('gate "console"', "console"),
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failed test: its file, the subject it is about, its title and its message."""

    file: str
    subject: str
    title: str
    message: str

    @property
    def gate(self) -> str | None:
        """The gate that it broke: a finding about the application, not a test that cannot work."""
        return next((gate for mark, gate in _GATES if mark in self.message), None)

    @property
    def key(self) -> str:
        """The generated test as `subject/kind`."""
        stem = stem_of(self.file)
        kind = {"rendering": "renders", "hooks": "hook", "routes": "route", "actions": "action"}.get(stem)
        if stem == "hooks" and self.title.startswith("answers to each"):
            kind = "answers"
        if stem == "proxy":
            return "proxy/proxy"
        by_title = (kind for start, kind in _KINDS if self.title.startswith(start))
        return f"{plain_subject(self.subject)}/{kind or next(by_title, 'loads')}"


@dataclass(frozen=True, kw_only=True)
class UnitRun:
    """What a run of Jest came to."""

    passed: int
    failures: tuple[Failure, ...]
    broken: tuple[tuple[str, str], ...]  # files that could not even be loaded, with the reason
    coverage: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The generated unit tests where they were laid, and the command that runs the application's own Jest."""

    root: Path
    folder: str
    jest: tuple[str, ...]

    def run(self, *, coverage: bool, only: str | None = None) -> UnitRun:
        """Run them; raises PlatformError when Jest itself does not run."""
        with tempfile.TemporaryDirectory() as place:
            report = Path(place) / "jest.json"
            command = [*self.jest, "-c", f"{self.folder}/jest.config.mjs", "--json", f"--outputFile={report}"]
            done = subprocess.run(
                [*command, *(["--coverage"] if coverage else []), *([only] if only else [])],
                cwd=self.root,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
            if not report.is_file():
                tail = "\n".join(done.stderr.strip().splitlines()[-8:])
                raise PlatformError(f"Jest did not run:\n{tail}", where=str(self.root))
            document = json.loads(report.read_text(encoding="utf-8"))
        return UnitRun(
            passed=int(document["numPassedTests"]),
            failures=tuple(_failures(document)),
            broken=tuple(_broken(document)),
            coverage=_coverage(self.root / self.folder) if coverage else {},
        )

    def unloadable(self, probes: Sequence[LaidFile]) -> frozenset[str]:
        """The keys of what Jest cannot import; the probes are there only while they run."""
        written = [self.root / probe.path for probe in probes]
        try:
            for place, probe in zip(written, probes, strict=True):
                place.write_text(probe.text, encoding="utf-8")
            run = self.run(coverage=False, only="/probe")
        finally:
            for place in written:
                place.unlink(missing_ok=True)
        return frozenset(failure.title for failure in run.failures)


def find_suite(app: App, folder: str) -> Suite:
    """How the unit tests are run here; raises PlatformError when no Jest is installed."""
    root = app.packages.root
    jest = app.command("jest")
    if jest is None:
        raise PlatformError(
            "Jest is not installed, so nothing can be verified",
            where=str(root),
            fix=f"platformctl scaffold-tests {root} --install",
        )
    return Suite(root=root, folder=folder, jest=jest)


def esm_packages(run: UnitRun) -> frozenset[str]:
    """The packages over which Jest stumbled because they are ES modules only, with those that they need."""
    return with_dependencies(stumbled_over(reason for _, reason in run.broken))


def adapter_of(run: UnitRun) -> frozenset[str]:
    """The adapter's key when not even the tests of the framework itself could be loaded."""
    return frozenset({ADAPTER} if any(stem_of(file) == "framework" for file, _ in run.broken) else ())


def gates_of(failures: Iterable[Failure]) -> frozenset[str]:
    """The gates that the application does not pass today."""
    return frozenset(failure.gate for failure in failures if failure.gate)


def keys_of(failures: Iterable[Failure]) -> frozenset[str]:
    """The tests that cannot work here."""
    return frozenset(failure.key for failure in failures if not failure.gate)


def _failures(document: dict[str, JsonValue]) -> Iterator[Failure]:
    for suite in _list(document, "testResults"):
        for test in _list(suite, "assertionResults"):
            if test.get("status") != "failed":
                continue
            ancestors = test.get("ancestorTitles")
            subject = str(ancestors[0]) if isinstance(ancestors, list) and ancestors else "?"
            messages = test.get("failureMessages")
            message = "\n".join(map(str, messages)) if isinstance(messages, list) else ""
            yield Failure(
                file=str(suite.get("name")), subject=subject, title=str(test.get("title")), message=message
            )


def _broken(document: dict[str, JsonValue]) -> Iterator[tuple[str, str]]:
    for suite in _list(document, "testResults"):
        if suite.get("status") == "failed" and not _list(suite, "assertionResults"):
            text = re.sub(r"\x1b\[[\d;]*m", "", str(suite.get("message", "")))
            yield str(suite.get("name")), text.strip()


def _list(document: dict[str, JsonValue], key: str) -> list[dict[str, JsonValue]]:
    found = document.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _coverage(folder: Path) -> dict[str, float]:
    report = folder / "reports" / "coverage" / "coverage-summary.json"
    if not report.is_file():
        return {}
    total = json.loads(report.read_text(encoding="utf-8"))["total"]
    # Without a single line to cover Jest writes "Unknown", and its gate passes.
    kinds = ("lines", "statements", "functions", "branches")
    return {kind: float(total[kind]["pct"]) for kind in kinds if total[kind]["total"]}
