"""Which packages are added beside those that an application has, and what is left out for their sake."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scaffold.apps import package, write

from platformctl.app.scaffold_request import Request, Talk
from platformctl.app.scaffold_tests import Outcome, scaffold
from platformctl.errors import PlatformError
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.framework import PARTS
from platformctl.scaffold.nextjs.packages import read_packages
from platformctl.scaffold.nextjs.versions import lint_refusal, versions_for
from platformctl.scaffold.nextjs.workspace import find_workspace

QUIET = Talk(say=lambda _: None, wait=lambda _: None, confirm=lambda _: True)
APP = {"tsconfig.json": "{}\n", "app/page.tsx": "export default function Page() { return <main />; }\n"}


def wanted(root: Path, *, node: int = 20, **development: str) -> dict[str, str]:
    write(root, {"package.json": package(devDependencies=development)})
    packages = read_packages(OwnersView(root=root, manifest=Manifest(name="x")), find_workspace(root))
    return dict(versions_for(packages, node_major=node, parts=PARTS))


def lay(root: Path, **development: str) -> Outcome:
    write(root, {**APP, "package.json": package(devDependencies=development)})
    return scaffold(Request(root=root, allow_dirty=True), QUIET)


def test_companions_have_the_version_of_what_is_there(tmp_path: Path) -> None:
    found = wanted(tmp_path, **{"jest": "^29.7.0", "@playwright/test": "1.50.1"})
    assert found["jest-environment-jsdom"] == "29.7.0"
    assert found["@types/jest"].startswith("29.")
    assert found["playwright-core"] == "1.50.1"


def test_the_set_follows_the_node_of_the_project(tmp_path: Path) -> None:
    assert wanted(tmp_path)["@testing-library/jest-dom"] == "6.9.1"
    assert wanted(tmp_path, node=22)["@testing-library/jest-dom"] == "7.0.1"


def test_what_the_root_of_a_workspace_has_is_not_added_again(tmp_path: Path) -> None:
    root = package(workspaces=["apps/*"], devDependencies={"typescript": "5.8.0", "eslint": "^8.34.0"})
    write(tmp_path, {"package.json": root})
    found = wanted(tmp_path / "apps" / "web")
    lay(tmp_path / "apps" / "web")
    assert (tmp_path / "apps/web/tests/scripts/lint.mjs").exists()  # the root's ESLint is an 8
    assert "typescript" not in found
    assert "eslint" not in found
    assert "@types/node" in found


@pytest.mark.parametrize(
    ("development", "refusal"),
    [
        ({}, None),
        ({"eslint": "^8"}, None),
        ({"eslint": "8.45.0"}, "older than 8.57"),
        ({"eslint": "10.2.0"}, "does not know ESLint 10"),
        ({"typescript": "7.0.2"}, "does not know TypeScript 7"),
    ],
)
def test_the_lint_is_set_up_where_its_plugins_can_be_installed(
    tmp_path: Path, development: dict[str, str], refusal: str | None
) -> None:
    outcome = lay(tmp_path, **development)
    assert outcome.prepared.app is not None
    said = lint_refusal(outcome.prepared.app.packages)
    assert (said is None) if refusal is None else (said is not None and refusal in said)
    text = (tmp_path / "package.json").read_text()
    assert ("test:lint" in text) is (refusal is None)
    assert ("typescript-eslint" in text) is (refusal is None)
    assert (tmp_path / "tests/eslint.config.mjs").exists() is (refusal is None)
    if refusal:
        assert any(refusal in warning for warning in outcome.prepared.app.warnings)


def test_an_old_typescript_goes_without_a_check_of_types_but_not_without_tests(tmp_path: Path) -> None:
    outcome = lay(tmp_path, typescript="4.7.4", **{"@testing-library/react": "^13.3.0"})
    text = (tmp_path / "package.json").read_text()
    assert "test:types" not in text
    assert "test:lint" not in text
    assert '"test": "jest -c tests/jest.config.mjs"' in text
    assert '"@testing-library/dom": "8.20.1"' in text
    assert outcome.prepared.app is not None
    assert len(outcome.prepared.app.warnings) == 2
    assert "test:types" not in (tmp_path / ".github/workflows/platform-tests.yml").read_text()


@pytest.mark.parametrize(
    ("engines", "node"), [(">=14.x", 20), ("18.x", 18), (">=22", 22), ("^18 || >=20", 20)]
)
def test_a_range_of_node_is_read_as_what_it_allows(tmp_path: Path, engines: str, node: int) -> None:
    write(tmp_path, {**APP, "package.json": package(engines={"node": engines})})
    outcome = scaffold(Request(root=tmp_path, allow_dirty=True), QUIET)
    assert outcome.prepared.app is not None
    assert outcome.prepared.app.node_major == node
    assert bool(outcome.prepared.app.warnings) is (node < 20)


def test_eslint_8_lints_through_its_api(tmp_path: Path) -> None:
    lay(tmp_path, eslint="^8")
    assert '"test:lint": "node tests/scripts/lint.mjs"' in (tmp_path / "package.json").read_text()
    assert (tmp_path / "tests/scripts/lint.mjs").exists()


@pytest.mark.parametrize(
    ("name", "version"),
    [("@testing-library/user-event", "13.5.0"), ("msw", "^1.3.0"), ("jest", "28.1.0")],
)
def test_a_package_that_is_too_old_is_refused_by_name(tmp_path: Path, name: str, version: str) -> None:
    with pytest.raises(PlatformError, match=f"{name} .* is too old") as refused:
        lay(tmp_path, **{name: version})
    assert refused.value.fix


def test_a_javascript_application_is_refused(tmp_path: Path) -> None:
    page = "export default function Page() { return null; }\n"
    write(tmp_path, {"package.json": package(), "jsconfig.json": "{}\n", "app/page.js": page})
    with pytest.raises(PlatformError, match="This application is JavaScript"):
        scaffold(Request(root=tmp_path, allow_dirty=True), QUIET)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app", "jsconfig.json", "package.json"]


@pytest.mark.parametrize(
    ("scripts", "suffix"), [({}, "test"), ({"test": "bun test"}, "platform"), ({"lint": "x"}, "test")]
)
def test_tests_are_named_so_that_a_runner_of_the_owners_leaves_them_alone(
    tmp_path: Path, scripts: dict[str, str], suffix: str
) -> None:
    write(tmp_path, {**APP, "package.json": package(scripts=scripts)})
    scaffold(Request(root=tmp_path, allow_dirty=True), QUIET)
    assert (tmp_path / f"tests/unit/framework.{suffix}.tsx").exists()
