"""amtool on a rendered Alertmanager configuration."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import alertmanager


def lay(platform: Platform, site: Site, folder: Path) -> Path:
    """Write the rendered configuration below `folder`, and return its path."""
    for artifact in alertmanager.render(platform, site):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    return folder / alertmanager.CONFIG


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run amtool; skips the test where it is not installed."""
    program = shutil.which("amtool")
    if program is None:
        pytest.skip("amtool is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def receivers(config: Path, labels: Mapping[str, str]) -> list[str]:
    """The receivers that Alertmanager's own routing gives an alert with these labels."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    done = amtool("config", "routes", "test", f"--config.file={config}", *pairs)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().split(",")
