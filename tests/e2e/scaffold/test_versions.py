"""Every package manager, every major version of Next.js, and the newer Node: installed and run for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from e2e.scaffold.harness import TALK
from e2e.scaffold.tiny import NEWEST, REACT, tiny_app, tool
from unit.scaffold.apps import write

from platformctl.app.scaffold_request import Action, Request
from platformctl.app.scaffold_tests import Outcome, scaffold
from platformctl.errors import PlatformError

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e, pytest.mark.full]

MANAGERS = {
    "npm": (None, {}),
    "pnpm 9": ("pnpm@9.15.9", {"packageManager": "pnpm@9.15.9"}),
    "pnpm 10": ("pnpm@10", {"packageManager": "pnpm@10.34.8"}),
    "yarn classic": ("yarn@1.22.22", {"packageManager": "yarn@1.22.22"}),
    "yarn with node_modules": ("@yarnpkg/cli-dist@4", {"packageManager": "yarn@4.18.1"}),
    "yarn with archives": ("@yarnpkg/cli-dist@4", {"packageManager": "yarn@4.18.1"}),
    "bun": ("bun@1", {"packageManager": "bun@1.4.5"}),
}
NEIGHBOUR = {
    "name": "@repo/ui",
    "version": "1.0.0",
    "exports": {"./*": "./src/*.tsx"},
    "dependencies": {"react": REACT[NEWEST]},
    "devDependencies": {"@types/react": "^19"},
}


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI package managers refuse to write lock files."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("COREPACK_ENABLE_STRICT", "0")
    # pnpm would fetch the very version that package.json names, and verify a signature that a mirror may lack.
    monkeypatch.setenv("npm_config_manage_package_manager_versions", "false")


def put_first(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def install(root: Path, capfd: pytest.CaptureFixture[str]) -> Outcome:
    try:
        return scaffold(Request(root=root, allow_dirty=True, install=True), TALK)
    except PlatformError:
        if re.search(r"Couldn't find any versions|No candidates found", capfd.readouterr().err):
            pytest.skip("the registry lacks packages for other systems, and yarn locks for all of them")
        raise


def run(root: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command.split(), cwd=root, capture_output=True, text=True, check=False)


def expect_green(root: Path, outcome: Outcome) -> None:
    assert outcome.run is not None
    assert not outcome.prepared.todos
    assert outcome.run.coverage["lines"] >= 80
    assert outcome.prepared.app is not None
    for script in ("test", "test:types", "test:lint"):
        ran = run(root, f"{outcome.prepared.app.manager.run} {script}")
        assert ran.returncode == 0, (script, (ran.stdout + ran.stderr)[-3000:])
    scaffold(Request(root=root, action=Action.CHECK), TALK)


@pytest.mark.parametrize("name", MANAGERS)
def test_a_package_manager_installs_and_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    package, fields = MANAGERS[name]
    if package:
        put_first(tool(package), monkeypatch)
    root = tiny_app(tmp_path / "tiny", **fields)
    linker = {"yarn with node_modules": "node-modules", "yarn with archives": "pnp"}.get(name)
    if linker:
        write(root, {".yarnrc.yml": f"nodeLinker: {linker}\nenableTelemetry: false\n", "yarn.lock": ""})
    expect_green(root, install(root, capfd))


@pytest.mark.parametrize("version", [version for version in REACT if version != NEWEST])
def test_a_major_version_of_next_runs_it_and_builds_as_before(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], version: str
) -> None:
    root = tiny_app(tmp_path / "tiny", next_version=version)
    expect_green(root, install(root, capfd))
    built = run(root, "npm run build")
    assert built.returncode == 0, (built.stdout + built.stderr)[-3000:]


def test_on_the_newer_node_the_newer_set_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    put_first(tool("node@22"), monkeypatch)
    root = tiny_app(tmp_path / "tiny")
    (root / ".nvmrc").write_text("22\n")
    expect_green(root, install(root, capfd))
    assert '"@testing-library/jest-dom": "7' in (root / "package.json").read_text()


@pytest.mark.parametrize("name", ["npm", "pnpm 10", "yarn classic"])
def test_an_application_of_a_workspace_imports_the_sources_of_its_neighbour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    package, fields = MANAGERS[name]
    if package:
        put_first(tool(package), monkeypatch)
    protocol = "workspace:*" if name.startswith("pnpm") else "*"
    write(
        tmp_path,
        {
            "package.json": json.dumps({"private": True, "workspaces": ["apps/*", "packages/*"], **fields}),
            "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']\n",
            "packages/ui/package.json": json.dumps(NEIGHBOUR),
            "packages/ui/src/sign.tsx": "export function Sign({ text }: { text: string }) { return <b>{text}</b>; }\n",
        },
    )
    root = tiny_app(tmp_path / "apps" / "web")
    document = json.loads((root / "package.json").read_text())
    document["version"] = "1.0.0"  # yarn 1 passes over packages without one
    document["dependencies"]["@repo/ui"] = protocol
    (root / "package.json").write_text(json.dumps(document, indent=2))
    write(
        root,
        {
            "components/Greeting.tsx": (
                'import { Sign } from "@repo/ui/sign";\n'
                'export function Greeting() { return <p>Hello <Sign text="neighbour" /></p>; }\n'
            )
        },
    )
    if name != "pnpm 10":
        (tmp_path / "pnpm-workspace.yaml").unlink()
    outcome = install(root, capfd)
    expect_green(root, outcome)
    assert "Greeting" in (root / "tests/unit/rendering.test.tsx").read_text()


def test_once_the_packages_are_there_no_network_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tiny_app(tmp_path / "tiny")
    install(root, capfd)
    shutil.rmtree(root / "tests")
    (root / ".platformctl/scaffold-tests.json").unlink()
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    outcome = scaffold(Request(root=root, allow_dirty=True, verify=True), TALK)
    assert outcome.run is not None
    assert not outcome.run.failures
