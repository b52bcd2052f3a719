"""The servers' own judges: what Prometheus and Alertmanager say of the files before they load them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from platformctl.model.artifact import Artifact, digest
from platformctl.model.problem import Level, Problem
from platformctl.sources.user_cache import user_cache

Files: TypeAlias = Mapping[str, Artifact]
Which: TypeAlias = Callable[[str], str | None]

_TIMEOUT_S: Final = 300
_MOST_LINES: Final = 30
_MOST_REMEMBERED: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """One command that reads files of a release and answers with its exit code.

    subjects: glob of the files it is given; reads: the folder of the release that it needs beside them.
    separately: each subject is a case of its own, that reads nothing but its ``rule_files``.
    """

    name: str
    binary: str
    package: str
    arguments: tuple[str, ...]
    subjects: str
    reads: str
    separately: bool = False
    which: Which = shutil.which

    def __call__(self, files: Files, passed: Passed | None = None) -> Iterator[Problem]:
        """What the judge finds wrong with a release; a skip where its binary is absent.

        What it passed before is not asked again: the same program gives the same files the same verdict.
        """
        beside = {path: artifact for path, artifact in files.items() if path.startswith(self.reads)}
        subjects = sorted(path for path in beside if Path(path).match(self.subjects))
        if not subjects:
            return
        program = self.which(self.binary)
        if program is None:
            yield self._skipped()
            return
        cases = [(program, case, given, passed) for case, given in self._cases(subjects, beside)]
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as several:
            for problems in several.map(lambda case: self._judged(*case), cases):
                yield from problems

    def _cases(self, subjects: list[str], beside: Files) -> Iterator[tuple[list[str], Files]]:
        if not self.separately:
            yield subjects, beside
            return
        for subject in subjects:
            read = {subject, *_rule_files(beside[subject])}
            yield [subject], {path: artifact for path, artifact in beside.items() if path in read}

    def _judged(
        self, program: str, subjects: list[str], given: Files, passed: Passed | None
    ) -> tuple[Problem, ...]:
        verdict = self._fingerprint(program, given)
        if passed is not None and verdict in passed:
            return ()
        with tempfile.TemporaryDirectory(prefix="platformctl-check-") as folder:
            _lay(given, Path(folder))
            problems = tuple(self._verdict(program, subjects, Path(folder)))
        if passed is not None and not problems:
            passed.add(verdict)
        return problems

    def _fingerprint(self, program: str, given: Files) -> str:
        """Of the judge, its program as it is on disk, and all it reads."""
        binary = Path(program).stat()
        identity = (self.name, *self.arguments, program, str(binary.st_size), str(binary.st_mtime_ns))
        return hashlib.sha256("\0".join((*identity, digest(given.values()))).encode()).hexdigest()[:32]

    def _verdict(self, program: str, subjects: list[str], folder: Path) -> Iterator[Problem]:
        where = subjects[0] if len(subjects) == 1 else self.subjects
        try:
            done = subprocess.run(
                [program, *self.arguments, *subjects],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield self._problem(f"{self.binary} gave no answer within {_TIMEOUT_S} s", where)
            return
        if done.returncode != 0:
            yield self._problem(f"{self.binary} refuses it:\n{_shortened(done.stdout + done.stderr)}", where)

    def _problem(self, what: str, where: str) -> Problem:
        fix = f"{self.binary} {' '.join(self.arguments)} {where}, in the folder of `platformctl generate --out DIR`"
        return Problem(check=self.name, what=what, where=where, fix=fix)

    def _skipped(self) -> Problem:
        return Problem(
            check=self.name,
            what=f"not checked: {self.binary} is not installed",
            where=self.subjects,
            fix=f"apt-get install {self.package}" if self.package else "put it on PATH",
            level=Level.SKIPPED,
        )


def _on_path_or_built(name: str) -> str | None:
    """The program on PATH, or where scripts/build_loki.py leaves it: no package of Debian's has it."""
    return shutil.which(name) or shutil.which(name, path=str(user_cache("bin")))


@dataclass(frozen=True, slots=True)
class Passed:
    """Fingerprints of what judges had nothing against, as empty files of a folder."""

    folder: Path

    def __contains__(self, fingerprint: str) -> bool:
        return (self.folder / fingerprint).is_file()

    def add(self, fingerprint: str) -> None:
        """Remember one; the oldest beyond the most are forgotten. Where nothing can be written, nothing is."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / fingerprint).touch()
            by_age = sorted(self.folder.iterdir(), key=_age)
            for old in by_age[:-_MOST_REMEMBERED]:
                old.unlink(missing_ok=True)


def _age(path: Path) -> int:
    """When it was touched, in nanoseconds; 0 when another process has forgotten it meanwhile."""
    return path.stat().st_mtime_ns if path.exists() else 0


def _rule_files(test: Artifact) -> Iterator[str]:
    """The paths, in the release, of the rule files that a rule test names."""
    folder = posixpath.dirname(test.path)
    for name in yaml.safe_load(test.content).get("rule_files", ()):
        yield posixpath.normpath(posixpath.join(folder, name))


def _lay(files: Files, folder: Path) -> None:
    for path, artifact in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(artifact.content)


def _shortened(output: str) -> str:
    """The lines that complain, indented."""
    lines = [line for line in output.splitlines() if line.strip() and "SUCCESS" not in line]
    more = len(lines) - _MOST_LINES
    tail = [f"... and {more} more lines"] if more > 0 else []
    return "\n".join(f"    {line.strip()}" for line in (*lines[:_MOST_LINES], *tail))


PROMETHEUS_CONFIG: Final = Judge(
    name="prometheus_config",
    binary="promtool",
    package="prometheus",
    arguments=("check", "config"),
    subjects="prometheus/prometheus.yml",
    reads="prometheus/",
)
PROMETHEUS_RULES: Final = Judge(
    name="prometheus_rules",
    binary="promtool",
    package="prometheus",
    arguments=("check", "rules", "--lint=all", "--lint-fatal"),
    subjects="prometheus/rules/*.yml",
    reads="prometheus/",
)
RULE_TESTS: Final = Judge(
    name="rule_tests",
    binary="promtool",
    package="prometheus",
    arguments=("test", "rules"),
    subjects="prometheus/tests/*.yml",
    reads="prometheus/",
    separately=True,
)
ALERTMANAGER_CONFIG: Final = Judge(
    name="alertmanager_config",
    binary="amtool",
    package="prometheus-alertmanager",
    arguments=("check-config",),
    subjects="alertmanager/alertmanager.yml",
    reads="alertmanager/",
)

LOKI_CONFIG: Final = Judge(
    name="loki_config",
    binary="loki",
    package="",
    arguments=("-verify-config", "-config.file"),
    subjects="loki/loki*.yml",
    reads="loki/",
    separately=True,
    which=_on_path_or_built,
)
PROMTAIL_CONFIG: Final = Judge(
    name="promtail_config",
    binary="promtail",
    package="",
    arguments=("-check-syntax", "-config.file"),
    subjects="promtail/promtail.yml",
    reads="promtail/",
    which=_on_path_or_built,
)
ALLOY_CONFIG: Final = Judge(
    name="alloy_config",
    binary="alloy",
    package="",
    arguments=("fmt", "--test"),
    subjects="alloy/config.alloy",
    reads="alloy/",
    which=_on_path_or_built,
)

JUDGES: Final = (
    PROMETHEUS_CONFIG,
    PROMETHEUS_RULES,
    RULE_TESTS,
    ALERTMANAGER_CONFIG,
    LOKI_CONFIG,
    PROMTAIL_CONFIG,
    ALLOY_CONFIG,
)
