"""The command: exit codes, what goes to which stream, and that nothing is applied unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from platformctl.errors import DifferencesFound, UsageError
from platformctl_cli.commands.scaffold_tests import scaffold_tests

APP = typer.Typer()
APP.command()(scaffold_tests)
SAMPLE = Path(__file__).parents[2] / "e2e" / "scaffold" / "sample"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_check_ends_with_three_before_and_with_zero_after(sample: Path) -> None:
    before = run(sample, "--check")
    assert isinstance(before.exception, DifferencesFound)
    assert before.exception.exit_code == 3
    assert run(sample, "--yes", "--allow-dirty").exit_code == 0
    assert run(sample, "--check").exit_code == 0


def test_without_a_terminal_a_plan_needs_yes(sample: Path) -> None:
    ran = run(sample, "--allow-dirty")
    assert isinstance(ran.exception, UsageError)
    assert "+ create   tests/jest.config.mjs" in ran.stderr
    assert not (sample / "tests").exists()


def test_a_dry_run_shows_facts_with_sources_and_differences(sample: Path) -> None:
    ran = run(sample, "--dry-run")
    assert "tenant header          X-Tenant-ID   (openapi.json)" in ran.stdout
    assert '+  "exclude": ["node_modules", "tests"]' in ran.stdout
    assert "no test for component Shell" in ran.stdout


def test_json_is_the_whole_stdout(sample: Path) -> None:
    document = json.loads(run(sample, "--yes", "--allow-dirty", "--json").stdout)
    assert document["applied"] is True
    assert {"path": "tsconfig.json", "kind": "merge", "changes": True, "note": ""} in document["files"]
    assert document["todo"][0]["what"] == "component Shell"


def test_removal_by_the_command_leaves_no_trace(sample: Path) -> None:
    before = sorted(sample.rglob("*"))
    run(sample, "--yes", "--allow-dirty")
    assert run(sample, "--remove", "--yes", "--allow-dirty").exit_code == 0
    assert sorted(sample.rglob("*")) == before


def test_a_preview_of_a_removal_removes_nothing(sample: Path) -> None:
    run(sample, "--yes", "--allow-dirty")
    before = sorted(sample.rglob("*"))
    ran = run(sample, "--remove", "--dry-run", "--yes", "--allow-dirty")
    assert "- delete   tests/jest.config.mjs" in ran.stdout
    assert sorted(sample.rglob("*")) == before
    assert isinstance(run(sample, "--remove", "--check").exception, UsageError)
