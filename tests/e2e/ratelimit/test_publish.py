"""The limiter laid into somebody's FastAPI project: shown first, tested there, upgraded, and taken out again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.ratelimit.bare import environment_of
from e2e.ratelimit.processes import process
from e2e.ratelimit.servers import RedisServer
from support.servers import free_port
from typer.testing import CliRunner, Result

from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.scaffold.lay.project import read_manifest
from platformctl_cli.main import command_line

pytestmark = pytest.mark.e2e
MAIN = """\
from fastapi import FastAPI

shop = FastAPI(title="Shop")


@shop.get("/items")
async def items() -> list[str]:
    return ["tea"]
"""


def publish(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(command_line(), ["ratelimit", "publish", str(folder), *options])


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small FastAPI project that keeps its package in src/."""
    folder = tmp_path / "shop"
    (folder / "src/shop").mkdir(parents=True)
    (folder / "src/shop/__init__.py").touch()
    (folder / "src/shop/main.py").write_text(MAIN)
    return folder


def test_the_plan_is_shown_and_a_dry_run_writes_nothing(project: Path) -> None:
    before = texts(project)
    shown = publish(project, "--dry-run")
    assert "+ create   src/platform_ratelimit/decide.lua" in shown.stdout
    assert "+ create   tests/ratelimit/test_ratelimit.py" in shown.stdout
    assert isinstance(publish(project, "--check").exception, DifferencesFound)
    assert isinstance(publish(project).exception, UsageError)  # nobody to ask
    assert texts(project) == before


def test_a_second_run_changes_nothing_and_removal_leaves_what_was_there(project: Path) -> None:
    before = texts(project)
    done = publish(project, "--yes")
    assert done.exit_code == 0, done.exception
    assert "in src/shop/main.py after shop is made" in done.stderr
    assert publish(project, "--check").exit_code == 0
    assert "nothing to change" in publish(project, "--dry-run").stdout
    assert publish(project, "--remove", "--yes").exit_code == 0
    assert texts(project) == before
    assert isinstance(publish(project, "--remove", "--yes").exception, PlatformError)


def test_an_edited_file_is_told_and_never_overwritten(project: Path) -> None:
    publish(project, "--yes")
    edited = project / "src/platform_ratelimit/headers.py"
    edited.write_text(edited.read_text() + "\n# ours: keep\n")
    setup = project / "src/ratelimit_setup.py"
    setup.write_text("# all our own now\n")
    drift = publish(project, "--check").exception
    assert isinstance(drift, DifferencesFound)
    assert "src/platform_ratelimit/headers.py (edited)" in str(drift)
    assert "ratelimit_setup.py" not in str(drift)
    publish(project, "--yes")
    assert edited.read_text().endswith("# ours: keep\n")
    assert setup.read_text() == "# all our own now\n"
    publish(project, "--yes", "--force", "src/platform_ratelimit/headers.py")
    assert "# ours: keep" not in edited.read_text()
    assert edited.with_name("headers.py.orig").read_text().endswith("# ours: keep\n")


def test_a_file_that_stood_there_before_stays(project: Path) -> None:
    (project / "RATELIMIT.md").write_text("our notes\n")
    publish(project, "--yes")
    assert (project / "RATELIMIT.md").read_text() == "our notes\n"
    assert (project / "RATELIMIT.md.platformctl-new").exists()


def test_a_newer_version_is_merged_into_what_was_edited(project: Path) -> None:
    """The project holds what an older platformctl laid: one line of a file was another then."""
    publish(project, "--yes")
    name = "src/platform_ratelimit/problem.py"
    now = (project / name).read_text()
    old = now.replace('"Platform busy"', '"The platform is busy"')
    assert old != now
    lay_as_of_old(project, name, old)
    (project / name).write_text(old.replace('"Too many requests"', '"Slow down"'))
    plan = publish(project, "--dry-run").stdout
    assert f"merge    {name}   (your edits are kept)" in plan
    publish(project, "--yes")
    assert (project / name).read_text() == now.replace('"Too many requests"', '"Slow down"')


def lay_as_of_old(project: Path, name: str, old: str) -> None:
    """Make record and base text those of a run that laid `old`."""
    from platformctl.scaffold.lay.manifest import base_path
    from platformctl.scaffold.lay.tree import digest

    record = read_manifest(project, "ratelimit").record(name)
    assert record is not None
    manifest = project / ".platformctl/ratelimit.json"
    document = json.loads(manifest.read_text())
    document["files"][name]["base"] = digest(old)
    manifest.write_text(json.dumps(document))
    (project / base_path(digest(old))).write_text(old)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python environment with what the published requirements name, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("bare")
    publish(folder, "--yes")
    lines = (folder / "ratelimit-requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return environment_of([*wanted, "pytest", "httpx", "uvicorn"], folder / "venv")


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("PYTHONPATH", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    yield


def test_the_laid_tests_pass_in_the_project_and_its_application_serves(
    project: Path, bare: Path, outside: None, redis_server: RedisServer
) -> None:
    publish(project, "--yes")
    done = subprocess.run(
        [bare, "-m", "pytest", "-q", "-rs", "-W", "error", "tests/ratelimit"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout or shutil.which("redis-server") is None

    main = project / "src/shop/main.py"
    main.write_text(MAIN + "\n\nfrom ratelimit_setup import protect\n\nprotect(shop)\n")
    environment = os.environ | {
        "RATELIMIT_DATABASE_URL": f"sqlite+aiosqlite:///{project}/limits.db",
        "RATELIMIT_REDIS_URL": redis_server.url,
    }
    migrate = [bare, "-m", "platform_ratelimit.db.migrate"]
    subprocess.run(migrate, cwd=project / "src", env=environment, check=True, capture_output=True)
    port = free_port()
    serve = [
        str(bare),
        "-m",
        "uvicorn",
        "shop.main:shop",
        "--app-dir",
        str(project / "src"),
        "--port",
        str(port),
    ]
    with process(*serve, port=port, **environment):
        import httpx

        assert httpx.get(f"http://127.0.0.1:{port}/items").json() == ["tea"]


def test_a_mistake_in_the_published_package_fails_the_laid_tests(
    project: Path, bare: Path, outside: None
) -> None:
    publish(project, "--yes")
    broken = project / "src/platform_ratelimit/memory.py"
    text = broken.read_text()
    broken.write_text(text.replace("granted = max(0, min(wanted, *free))", "granted = wanted"))
    assert broken.read_text() != text
    done = subprocess.run(
        [bare, "-m", "pytest", "-q", "-x", "tests/ratelimit"], cwd=project, capture_output=True
    )
    assert done.returncode == 1
