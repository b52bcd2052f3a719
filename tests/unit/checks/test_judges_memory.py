"""A judge is not asked again about what it passed; anything that differs is judged anew."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from platformctl.model.artifact import Artifact
from platformctl.sources.judges import Judge, Passed


def judge(program: Path) -> Judge:
    return Judge(
        name="judge",
        binary="judge",
        package="judge",
        arguments=("check",),
        subjects="prometheus/*.yml",
        reads="prometheus/",
        which=lambda _: str(program),
    )


def program(folder: Path, body: str) -> Path:
    path = folder / "judge"
    path.write_text(f'#!/bin/sh\necho asked >> "{folder}/asked"\n{body}\n')
    path.chmod(0o755)
    return path


def files(text: str) -> Mapping[str, Artifact]:
    return {"prometheus/a.yml": Artifact("prometheus/a.yml", text.encode())}


def asked(folder: Path) -> int:
    return len((folder / "asked").read_text().splitlines())


def test_what_passed_is_not_asked_again(tmp_path: Path) -> None:
    one, passed = judge(program(tmp_path, "exit 0")), Passed(tmp_path / "passed")
    assert [list(one(files("1"), passed)) for _ in range(3)] == [[], [], []]
    assert asked(tmp_path) == 1


def test_other_files_and_another_program_are_judged_anew(tmp_path: Path) -> None:
    path = program(tmp_path, "exit 0")
    one, passed = judge(path), Passed(tmp_path / "passed")
    list(one(files("1"), passed))
    list(one(files("2"), passed))
    os.utime(path, (1, 1))
    list(one(files("2"), passed))
    assert asked(tmp_path) == 3


def test_a_refusal_is_never_remembered(tmp_path: Path) -> None:
    one, passed = judge(program(tmp_path, "exit 1")), Passed(tmp_path / "passed")
    assert [len(list(one(files("1"), passed))) for _ in range(2)] == [1, 1]
    assert asked(tmp_path) == 2


def test_the_oldest_verdicts_are_forgotten(tmp_path: Path) -> None:
    passed = Passed(tmp_path / "passed")
    for number in range(510):
        passed.add(f"{number:03d}")
    assert len(list(passed.folder.iterdir())) == 500
    assert "509" in passed
