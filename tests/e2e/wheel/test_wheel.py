"""platformctl from its wheel, in a bare environment and an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not UV.exists(), reason="uv is not installed in this environment"),
]


def call(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | {"DOCKER_HOST": "unix:///nonexistent"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platformctl command of an environment that holds the wheels and what they need, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(
            ".git", ".venv", ".*_cache", "node_modules", ".platformctl", "dist", ".cache"
        ),
    )
    for member in (".", "stack/platform_telemetry", "stack/platform_ratelimit"):
        call(UV, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", source / member, cwd=folder)
    call(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    wheel = next((folder / "dist").glob("platformctl-*.whl"))
    call(
        UV, "pip", "install", "--quiet", "--python", folder / "venv", "--find-links", folder / "dist",
        "--constraints", ROOT / "constraints.txt", wheel, cwd=folder,
    )  # fmt: skip
    shutil.rmtree(source)
    return folder / "venv" / "bin" / "platformctl"


def test_the_wheel_carries_the_built_in_workspace(installed: Path, tmp_path: Path) -> None:
    call(installed, "generate", "--out", "release", cwd=tmp_path)
    assert (tmp_path / "release" / "prometheus" / "prometheus.yml").is_file()
    assert (tmp_path / "release" / "docker-compose.yml").is_file()


def test_init_lays_a_workspace_that_checks_clean(installed: Path, tmp_path: Path) -> None:
    call(installed, "init", "mine", cwd=tmp_path)
    assert (tmp_path / "mine" / "alerts_src" / "oncall.py").is_file()
    assert " 0 errors" in call(installed, "check", "-w", "mine", cwd=tmp_path)


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed here")
def test_deploy_works_in_an_empty_folder_and_names_what_it_leaves_out(
    installed: Path, tmp_path: Path
) -> None:
    try:
        out = call(installed, "deploy", "--yes", "--runtime", "native", cwd=tmp_path)
        assert "prometheus" in out
        assert "pip install 'platformctl[demo]'" in call(installed, "plan", cwd=tmp_path)
    finally:
        call(installed, "down", "--volumes", "--yes", cwd=tmp_path)


def test_the_wheel_carries_the_limiter_that_it_publishes(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    call(installed, "ratelimit", "publish", "shop", "--yes", cwd=tmp_path)
    laid = (tmp_path / "shop" / "platform_ratelimit" / "decide.lua").read_text()
    assert laid == (ROOT / "stack/platform_ratelimit/src/platform_ratelimit/decide.lua").read_text()
    assert "hiredis" in (tmp_path / "shop" / "ratelimit-requirements.txt").read_text()
