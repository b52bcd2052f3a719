"""Applications that are not the sample: laid into, run, built; what they were before they still are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from e2e.scaffold.harness import HERE, TALK, SampleApp, chromium, link_packages, node_modules
from unit.scaffold.apps import legacy_app, pages_router_app

from platformctl.app.scaffold_request import Action, Request
from platformctl.app.scaffold_tests import Outcome, scaffold
from platformctl.errors import PlatformError
from platformctl.scaffold.nextjs.framework import PARTS

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def packages(app: SampleApp) -> Path:
    """The packages that the sample is run with."""
    return node_modules(app.root / "package.json")


def link(packages: Path, root: Path) -> SampleApp:
    link_packages(packages, root)
    return SampleApp(root=root)


def lay(root: Path, *, verify: bool = False) -> Outcome:
    return scaffold(Request(root=root, allow_dirty=True, verify=verify), TALK)


def expect_sound(app: SampleApp) -> None:
    for command in (
        ("tsc", "-p", "tests"),
        ("eslint", "--max-warnings", "0", "-c", "tests/eslint.config.mjs", "tests"),
    ):
        ran = app.run(*command)
        assert ran.code == 0, ran.output


def test_a_legacy_application_starts_green_with_its_findings_named(
    tmp_path: Path, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PW_CHROME_PATH", "none")  # its pages are looked at in a test of their own
    app = link(packages, legacy_app(tmp_path / "legacy"))
    outcome = lay(app.root, verify=True)
    gates = json.loads((app.root / "tests/gates.json").read_text())
    assert gates["a11y"]["mode"] == "warn"  # the image without a text
    assert gates["contract"]["mode"] == "enforce"
    assert gates["coverage"]["ratchet"] is True
    baseline = json.loads((app.root / "tests/coverage-baseline.json").read_text())
    assert 0 < baseline["lines"] < 80
    assert {(todo.what, todo.path) for todo in outcome.prepared.todos} == {
        ("Count", "presses, renders"),
        ("Dead", "presses"),
        ("Keyed", "imports"),
        ("providers", "tests/platform.adapter.tsx"),
    }
    assert "DraftsProvider" not in (app.root / "tests/platform.adapter.tsx").read_text()
    assert app.jest("--coverage").code == 0
    # The application's own types are checked without the tests, and its ES5 is not what tests are checked by.
    (app.root / "tests/unit/wrong.test.ts").write_text("const broken: number = 'text';\n")
    assert app.run("tsc", "--noEmit").code == 0
    complaints = app.run("tsc", "-p", "tests").output.splitlines()
    assert [line.partition(":")[0] for line in complaints] == ["tests/unit/wrong.test.ts(1,7)"]
    (app.root / "tests/unit/wrong.test.ts").unlink()
    scaffold(Request(root=app.root, action=Action.CHECK), TALK)


@pytest.mark.full
def test_what_the_pages_do_not_pass_today_starts_as_a_warning(tmp_path: Path, packages: Path) -> None:
    if chromium() is None:
        pytest.skip("no Chromium or Chrome is installed")
    app = link(packages, legacy_app(tmp_path / "legacy"))
    package = app.root / "package.json"
    package.write_text(json.dumps({**json.loads(package.read_text()), "type": "module"}, indent=2))
    lay(app.root, verify=True)
    gates = json.loads((app.root / "tests/gates.json").read_text())
    assert gates["security"]["mode"] == "warn"  # it sends no headers that protect a page
    assert gates["monitoring"]["mode"] == "enforce"
    ran = app.playwright("--project=chrome", "--project=a11y", "--project=security")
    assert ran.code == 0, ran.output[-3000:]
    assert ran.passed


@pytest.mark.full
def test_a_mistake_in_a_test_does_not_stop_the_build(tmp_path: Path, packages: Path) -> None:
    app = link(packages, legacy_app(tmp_path / "legacy"))
    lay(app.root)
    (app.root / "tests/unit/wrong.test.ts").write_text("const broken: number = 'text';\n")
    app.build()


def test_a_pages_application_in_a_workspace_runs(tmp_path: Path, packages: Path) -> None:
    (tmp_path / "pnpm-workspace.yaml").write_text("packages: ['apps/*']\n")
    app = link(packages, pages_router_app(tmp_path / "apps" / "web"))
    lay(app.root)
    assert not (app.root / ".github").exists()
    assert "working-directory: apps/web" in (app.root / "tests/ci/github.yml").read_text()
    expect_sound(app)
    ran = app.jest()
    assert ran.code == 0, ran.output[-2000:]
    assert any("Greeting" in name for name in ran.passed)


def test_verifying_without_packages_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="Jest is not installed"):
        lay(legacy_app(tmp_path), verify=True)


@pytest.mark.full
@pytest.mark.parametrize("part", PARTS)
def test_each_part_alone_is_sound(tmp_path: Path, packages: Path, part: str) -> None:
    app = link(packages, pages_router_app(tmp_path / "web"))
    scaffold(Request(root=app.root, allow_dirty=True, only=part), TALK)
    app.run("next", "typegen")
    expect_sound(app)
    if part == "unit":
        assert app.jest().code == 0


@pytest.mark.full
def test_a_messy_application_of_a_workspace_starts_green_and_keeps_its_own_tests(
    tmp_path: Path, packages: Path
) -> None:
    workspace = Path(shutil.copytree(HERE / "messy", tmp_path / "messy"))
    link_packages(packages, workspace)
    neighbour = workspace / "node_modules/@market/ui"
    neighbour.parent.mkdir()
    neighbour.symlink_to(workspace / "ui")
    root = workspace / "web"
    outcome = lay(root, verify=True)
    assert outcome.run is not None
    assert outcome.prepared.choices is not None
    assert outcome.prepared.choices.folder == "platform-tests"  # tests/ is the owner's
    written = {path.name for path in (root / "platform-tests/unit").iterdir()}
    assert "rendering.platform.tsx" in written
    assert "components-shop.platform.tsx" in written
    assert any(todo.what == "component Featured" for todo in outcome.prepared.todos)
    scaffold(Request(root=root, action=Action.CHECK), TALK)
