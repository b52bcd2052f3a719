"""The sample platform, rendered: read these files when they change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import sample
from support.golden import assert_golden
from support.sites import native_site

from platformctl.model.artifact import Artifact
from platformctl.render import alertmanager, pagerduty, prometheus, rule_tests, rules


def rendered() -> list[Artifact]:
    site = native_site(sample.PLATFORM, secrets=sample.SECRETS)
    renderers = (prometheus, rules, rule_tests, alertmanager, pagerduty)
    return [artifact for module in renderers for artifact in module.render(sample.PLATFORM, site)]


def test_the_sample_platform_renders_as_it_was_read(pytestconfig: pytest.Config) -> None:
    assert_golden(rendered(), "prometheus-alertmanager", update=pytestconfig.getoption("--update-golden"))


@pytest.mark.parametrize(("seed", "zone"), [("1", "UTC"), ("4242", "Pacific/Auckland")])
def test_the_same_platform_gives_the_same_bytes_elsewhere(seed: str, zone: str, tmp_path: Path) -> None:
    from platformctl.model.artifact import digest

    script = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('golden', {str(Path(__file__))!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "from platformctl.model.artifact import digest\n"
        "print(digest(module.rendered()))\n"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == digest(rendered())
