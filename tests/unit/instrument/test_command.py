"""What `platformctl instrument` does to a project: shown first, recorded, upgraded, taken out again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl_cli.main import command_line

MAIN = """\
from fastapi import FastAPI
from telemetry_setup import instrument, tracing

shop = FastAPI(telemetry=tracing())
instrument(shop)
"""
PACKAGE = {"name": "shop-web", "dependencies": {"next": "16.4.6", "react": "19.3.1"}}


def lay(kind: str, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(command_line(), ["instrument", kind, str(folder), *options])


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(params=["fastapi", "nextjs"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(tmp_path: Path, kind: str) -> Path:
    """A small FastAPI project or Next.js application, with its sources in src/."""
    folder = tmp_path / "shop"
    if kind == "fastapi":
        (folder / "src/shop").mkdir(parents=True)
        (folder / "src/shop/__init__.py").touch()
        (folder / "src/shop/main.py").write_text(MAIN)
        return folder
    (folder / "src/app/orders/[id]").mkdir(parents=True)
    (folder / "src/app/orders/[id]/page.tsx").write_text("export default function Page() { return null; }\n")
    (folder / "package.json").write_text(json.dumps(PACKAGE, indent=2) + "\n")
    (folder / "tsconfig.json").write_text("{}\n")
    return folder


def a_file_of(kind: str) -> str:
    return {"fastapi": "src/platform_telemetry/http.py", "nextjs": "src/platform-telemetry/beacon.ts"}[kind]


def test_nothing_is_written_unless_the_plan_is_agreed_to(project: Path, kind: str) -> None:
    before = texts(project)
    assert f"+ create   {a_file_of(kind)}" in lay(kind, project, "--dry-run").stdout
    assert isinstance(lay(kind, project, "--check").exception, DifferencesFound)
    assert isinstance(lay(kind, project).exception, UsageError)  # nobody to ask
    assert texts(project) == before


def test_a_second_run_changes_nothing_and_removal_leaves_what_was_there(project: Path, kind: str) -> None:
    before = texts(project)
    done = lay(kind, project, "--yes")
    assert done.exit_code == 0, done.exception
    assert "TELEMETRY.md tells the rest" in done.stderr
    assert lay(kind, project, "--check").exit_code == 0
    assert lay(kind, project, "--remove", "--yes").exit_code == 0
    assert texts(project) == before
    assert isinstance(lay(kind, project, "--remove", "--yes").exception, PlatformError)


def test_an_edit_is_told_and_kept(project: Path, kind: str) -> None:
    lay(kind, project, "--yes")
    edited = project / a_file_of(kind)
    edited.write_text(edited.read_text() + "\n// ours\n")
    assert "(edited)" in str(lay(kind, project, "--check").exception)
    lay(kind, project, "--yes")
    assert edited.read_text().endswith("// ours\n")


def test_no_placeholder_is_left_in_what_is_laid(project: Path, kind: str) -> None:
    lay(kind, project, "--yes")
    left = [name for name, text in texts(project).items() if "[[ " in text]
    assert left == []


@pytest.mark.parametrize("kind", ["nextjs"], indirect=True)
def test_an_instrumentation_of_the_owners_stays(project: Path, kind: str) -> None:
    own = project / "src/instrumentation.ts"
    own.write_text("export function register() {}\n")
    lay(kind, project, "--yes")
    assert own.read_text() == "export function register() {}\n"
    assert "startTracing" in own.with_name("instrumentation.ts.platformctl-new").read_text()
    assert '"/orders/[id]"' in (project / "src/platform-telemetry/routes.ts").read_text()


@pytest.mark.parametrize("kind", ["nextjs"], indirect=True)
def test_a_next_that_is_too_old_is_refused_with_what_to_do(project: Path, kind: str) -> None:
    old = {**PACKAGE, "dependencies": {"next": "14.2.0"}}
    (project / "package.json").write_text(json.dumps(old))
    refused = lay(kind, project, "--yes").exception
    assert isinstance(refused, PlatformError)
    assert "15.3" in str(refused.fix)


@pytest.mark.e2e
@pytest.mark.parametrize("kind", ["fastapi"], indirect=True)
def test_the_laid_tests_pass_in_the_project_with_the_laid_package(project: Path, kind: str) -> None:
    lay(kind, project, "--yes")
    program = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "tests/telemetry",
    ]
    done = subprocess.run(program, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "5 passed" in done.stdout, done.stdout
