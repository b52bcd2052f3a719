"""A laid dashboard works as it is, in a workspace with an overview and in one without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platformctl.app.dashboard_new import module_for, new_dashboard
from platformctl.app.session import Request
from platformctl.checks.table import CHECKS
from platformctl.errors import PlatformError, UsageError
from platformctl.model.dashboard import Audience
from platformctl.sources.definitions import load_platform

RUFF = Path(sys.executable).with_name("ruff")
SAMPLE = Path(__file__).parents[2] / "platform"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_new_dashboard_passes_every_check(workspace: Path) -> None:
    path = new_dashboard(Request(workspace=workspace), "checkout-flow", Audience.BUSINESS)
    assert path == workspace / "dashboards_src" / "checkout_flow.py"
    platform = load_platform(workspace)
    (laid,) = (d for d in platform.dashboards if d.uid == "checkout-flow")
    assert (laid.title, laid.audience) == ("Checkout flow", Audience.BUSINESS)
    alone = replace(platform, dashboards=(laid,))
    assert [p for check in CHECKS for p in check(alone) if "checkout" in p.what + p.where] == []


@pytest.mark.parametrize("known", [set(), {"platform-overview"}])
def test_the_module_is_written_as_we_write_modules(known: set[str], tmp_path: Path) -> None:
    if not RUFF.exists():
        pytest.skip("ruff is not installed (the lint group)")
    file = tmp_path / "laid.py"
    file.write_text(module_for("laid", Audience.TENANTS, known=known))
    done = subprocess.run(
        [str(RUFF), "check", "--select", "F,E,I,UP", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert ("platform-overview" in file.read_text()) == bool(known)


def test_nothing_is_overwritten_and_no_uid_is_taken_twice(workspace: Path) -> None:
    with pytest.raises(PlatformError, match="already"):
        new_dashboard(Request(workspace=workspace), "sample", Audience.OPERATIONS)


@pytest.mark.parametrize("name", ["../escape", "Upper", "a_b", "", "x" * 41])
def test_a_name_that_is_no_uid_is_refused(name: str, workspace: Path) -> None:
    with pytest.raises(UsageError, match="no name for a dashboard"):
        new_dashboard(Request(workspace=workspace), name, Audience.OPERATIONS)
