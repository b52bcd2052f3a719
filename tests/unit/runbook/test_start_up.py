"""A page is looked up at once: nothing is loaded that the look-up can do without."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "platform"
HEAVY = (
    "rich",
    "yaml",
    "requests",
    "promql_parser",
    "grafanalib",
    "jinja2",
    "platformctl.sources.definitions",
)


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    code = (
        "import sys\n"
        "from platformctl_cli.main import main\n"
        f"sys.argv = {['platformctl', *arguments]!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "runbooks" / "ServiceDown.md", tmp_path / "runbooks" / "ServiceMissing.md")
    return tmp_path


@pytest.mark.parametrize("wanted", ["ServiceDown", "servicedwn", "service", "answered Prometheus"])
def test_a_look_up_loads_no_heavy_library(folder: Path, wanted: str) -> None:
    modules = loaded_by(folder, "runbook", wanted)
    assert "platformctl.app.runbook" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_a_look_up_by_name_does_not_even_load_the_alerts(folder: Path) -> None:
    assert "platformctl.model.rules" not in loaded_by(folder, "runbook", "ServiceDown")
    assert "platformctl.model.rules" in loaded_by(folder, "runbook", "answered Prometheus")


def test_a_look_up_loads_no_other_command(folder: Path) -> None:
    loaded = {name for name in loaded_by(folder, "runbook", "ServiceDown") if "_cli.commands." in name}
    assert loaded == {"platformctl_cli.commands.runbook"}
