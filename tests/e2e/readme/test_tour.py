"""The README's tour, followed as it is written, block by block, in one shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.engine import record_free_ports

from platformctl.sinks import machine
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
SERVERS = ("prometheus", "prometheus-alertmanager", "redis-server", "curl")
ABSENT = [name for name in SERVERS if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.full,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
MARK = "=== block "


def blocks() -> list[str]:
    """The tour's indented blocks in order, without what is shown rather than typed, and without the browser's page."""
    tour = (ROOT / "README.md").read_text().partition("## A tour of ten minutes")[2].partition("\n## ")[0]
    found = [
        textwrap.dedent(block) for block in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", tour, re.MULTILINE)
    ]
    return [b.strip() for b in found if not b.strip().startswith(("error:", "platformctl preview"))]


@dataclass(frozen=True)
class Tour:
    """What each command block printed, found by a piece of its text."""

    printed: dict[str, str]

    def after(self, piece: str, *, turn: int = 0) -> str:
        """What the block printed in which `piece` stands (the first such block, or a later one by `turn`)."""
        return [text for block, text in self.printed.items() if piece in block][turn]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("tour")
    clone, home = folder / "clone", folder / "home"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    home.mkdir()
    state = clone / ".platformctl"
    record_free_ports(state, load_platform(clone).components)
    taken = machine.load(state / "machine.json").ports
    addresses = {8000: taken["demo-api"]["http"], 9090: taken["prometheus"]["http"]}
    script = ["platformctl deploy --yes"]
    for number, block in enumerate(blocks()):
        text = block
        for usual, given in addresses.items():
            text = text.replace(f"localhost:{usual}", f"localhost:{given}")
        script += [f"echo '{MARK}{number}'", text]
        if block.startswith("platformctl init"):  # the workspace's own state: ports of its own as well
            script.append(f"mkdir -p .platformctl && cp {state}/machine.json .platformctl/")
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DOCKER_HOST": "unix:///nonexistent",
    }
    try:
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        parts = done.stdout.split(MARK)[1:]
        yield Tour({block: part.partition("\n")[2] for block, part in zip(blocks(), parts, strict=True)})
    finally:
        for workspace in (clone, home / "observability"):
            if workspace.is_dir():
                subprocess.run(["platformctl", "down"], cwd=workspace, env=environment, capture_output=True)


def test_everything_is_healthy_at_the_start(tour: Tour) -> None:
    assert re.search(r"targets: (\d+) of \1 up", tour.after("platformctl status"))


def test_the_broken_demo_fires_within_the_time_told_and_its_runbook_opens(tour: Tour) -> None:
    seen = tour.after("faults/errors")
    assert "HighErrorRate" in seen
    assert "## Meaning" in seen


def test_the_new_alert_misses_its_page_as_shown(tour: Tour) -> None:
    assert "CheckoutSlow has no runbook [alert_has_runbook]" in tour.after("alerts_src/checkout.py <<")


def test_with_the_page_laid_the_definitions_hold(tour: Tour) -> None:
    assert " 0 errors" in tour.after("runbook new")


def test_changing_a_rule_reloads_and_restarts_nothing(tour: Tour) -> None:
    seen = tour.after("sed -i")
    assert "+            expr:" in seen or "> 2.5" in seen
    assert "reload" in seen
    assert "restart" not in seen.partition("> 2.5")[2]


def test_a_tenant_more_changes_no_rule(tour: Tour) -> None:
    seen = tour.after("sea-view")
    assert "sea-view" in seen
    assert "prometheus/rules" not in seen


def test_down_stops_it_all(tour: Tour) -> None:
    assert "stopped" in list(tour.printed.values())[-1]
