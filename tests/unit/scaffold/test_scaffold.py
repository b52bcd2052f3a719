"""The whole command on real trees, without Node: what is written, kept, refused and taken out."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner
from unit.scaffold.apps import SAMPLE, pages_app

from platformctl.app.scaffold_request import Action, Request, Talk
from platformctl.app.scaffold_tests import Outcome, scaffold
from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.scaffold.lay.plan import Kind

QUIET = Talk(say=lambda _: None, wait=lambda _: None, confirm=lambda _: True)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


def lay(root: Path, action: Action = Action.APPLY, only: str | None = None) -> Outcome:
    return scaffold(Request(root=root, action=action, allow_dirty=True, only=only), QUIET)


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def scripts(root: Path) -> dict[str, str]:
    return dict(json.loads((root / "package.json").read_text())["scripts"])


def test_a_second_run_and_a_check_find_nothing_to_do(sample: Path) -> None:
    lay(sample)
    before = snapshot(sample)
    assert not lay(sample).prepared.plan.drift
    lay(sample, Action.CHECK)
    assert snapshot(sample) == before


def test_removal_gives_back_every_byte(sample: Path) -> None:
    before = snapshot(sample)
    lay(sample)
    assert len(snapshot(sample)) > len(before) + 40
    lay(sample, Action.REMOVE)
    assert snapshot(sample) == before


def test_a_preview_writes_nothing(sample: Path) -> None:
    before = snapshot(sample)
    outcome = lay(sample, Action.PREVIEW)
    assert outcome.prepared.plan.changes
    assert snapshot(sample) == before


def test_an_edited_file_is_drift_and_keeps_its_edit(sample: Path) -> None:
    lay(sample)
    edited = sample / "tests" / "support" / "render.tsx"
    edited.write_text(edited.read_text() + "// mine\n")
    with pytest.raises(DifferencesFound, match=r"render\.tsx"):
        lay(sample, Action.CHECK)
    lay(sample)
    assert edited.read_text().endswith("// mine\n")


def test_a_new_component_is_drift_and_gets_its_tests(sample: Path) -> None:
    lay(sample)
    (sample / "src/components/New.tsx").write_text("export function New() { return <p>new</p>; }\n")
    with pytest.raises(DifferencesFound):
        lay(sample, Action.CHECK)
    lay(sample)
    assert "<New />" in (sample / "tests/unit/rendering.test.tsx").read_text()


def test_changed_aliases_are_drift(sample: Path) -> None:
    lay(sample)
    tsconfig = sample / "tsconfig.json"
    tsconfig.write_text(tsconfig.read_text().replace('"@/*"', '"#/*"'))
    with pytest.raises(DifferencesFound, match=r"platform\.config\.json"):
        lay(sample, Action.CHECK)


def test_owners_files_keep_every_other_byte(sample: Path) -> None:
    before = (sample / "tsconfig.json").read_text()
    lay(sample)
    after = (sample / "tsconfig.json").read_text()
    assert after == before.replace('"exclude": ["node_modules"]', '"exclude": ["node_modules", "tests"]')


def test_an_application_with_own_tools_keeps_them(tmp_path: Path) -> None:
    root = pages_app(tmp_path)
    lay(root)
    assert scripts(root)["test"] == "jest"
    assert scripts(root)["platform:test"] == "jest -c platform-tests/jest.config.mjs"
    assert json.loads((root / "package.json").read_text())["devDependencies"]["jest"] == "^29.7.0"
    assert json.loads((root / ".eslintrc.json").read_text())["ignorePatterns"] == ["platform-tests/"]
    assert (root / ".prettierignore").read_text() == "/platform-tests/\n"
    # Its own Jest would pick up *.test.tsx.
    assert [path.name for path in sorted((root / "platform-tests/unit").glob("*.platform.*"))] == [
        "components.platform.tsx",
        "framework.platform.tsx",
        "rendering.platform.tsx",
        "routes.platform.ts",
    ]
    assert not list((root / "platform-tests").rglob("*.test.*"))


def test_props_are_inferred_and_what_is_not_is_named(tmp_path: Path) -> None:
    root = pages_app(tmp_path)
    lay(root)
    generated = (root / "platform-tests/unit/components.platform.tsx").read_text()
    assert 'import Hello from "~/components/Hello";' in generated
    assert '<Hello name="sample name" onWave={onWave} items={[{ id: 3 }]} />' in generated
    assert "calls onWave when Wave is pressed" in generated
    todo = (root / "platform-tests/TODO.md").read_text()
    assert "component Odd" in todo
    assert "page /items/[id]" in todo


def test_parts_are_chosen_and_kept(sample: Path) -> None:
    lay(sample, only="unit")
    assert not (sample / "tests/e2e").exists()
    assert not (sample / ".github").exists()
    assert "@playwright/test" not in (sample / "package.json").read_text()
    assert not lay(sample).prepared.plan.drift
    lay(sample, only="unit,visual")
    assert (sample / "tests/e2e/visual.e2e.ts").exists()
    assert not (sample / "tests/e2e/leaks.e2e.ts").exists()
    with pytest.raises(UsageError, match="magic"):
        lay(sample, only="magic")


def test_without_unit_tests_there_are_none_to_run_first(sample: Path) -> None:
    outcome = scaffold(Request(root=sample, only="ci", verify=True, allow_dirty=True), QUIET)
    assert outcome.applied
    assert outcome.run is None


def test_a_check_that_finds_edits_alone_names_the_way_to_give_them_up(sample: Path) -> None:
    lay(sample)
    with (sample / "tests/support/render.tsx").open("a") as file:
        file.write("// mine\n")
    with pytest.raises(DifferencesFound) as found:
        lay(sample, Action.CHECK)
    assert "1 file differs" in str(found.value)
    assert "--force tests/support/render.tsx" in (found.value.fix or "")


@pytest.mark.parametrize("parts", ["unit,e2e,visual,a11y,perf,security,monitoring,ci", "unit,ci", "e2e,ci"])
def test_the_pipelines_are_valid(sample: Path, parts: str) -> None:
    lay(sample, only=parts)
    for schema, file in (
        ("vendor.github-workflows", ".github/workflows/platform-tests.yml"),
        ("vendor.gitlab-ci", "tests/ci/gitlab.yml"),
    ):
        ran = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, str(sample / file)])
        assert ran.exit_code == 0, ran.output


def test_a_dirty_tree_is_refused_unless_allowed(sample: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=sample, check=True)
    with pytest.raises(PlatformError, match="uncommitted changes"):
        scaffold(Request(root=sample), QUIET)
    assert not (sample / "tests").exists()


def test_a_declined_plan_changes_nothing(sample: Path) -> None:
    before = snapshot(sample)
    outcome = scaffold(
        Request(root=sample, allow_dirty=True), Talk(say=print, wait=print, confirm=lambda _: False)
    )
    assert not outcome.applied
    assert snapshot(sample) == before


def test_the_tree_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        root = Path(shutil.copytree(SAMPLE, tmp_path / name))
        lay(root)
        trees.append(snapshot(root))
    assert trees[0] == trees[1]


def test_removal_without_anything_laid_says_so(sample: Path) -> None:
    with pytest.raises(PlatformError, match="Nothing was laid down"):
        lay(sample, Action.REMOVE)


def test_a_seed_that_was_filled_in_stays_on_removal(sample: Path) -> None:
    lay(sample)
    (sample / "tests/tenants.ts").write_text("mine\n")
    outcome = lay(sample, Action.REMOVE)
    assert {step.path: step.kind for step in outcome.prepared.plan.steps}["tests/tenants.ts"] is Kind.EDITED
    assert [p.name for p in (sample / "tests").rglob("*") if p.is_file()] == ["tenants.ts"]


def test_a_contract_in_yaml_becomes_types_and_mocks(sample: Path) -> None:
    document = json.loads((sample / "openapi.json").read_text())
    (sample / "openapi.json").unlink()
    (sample / "openapi.yaml").write_text(yaml.safe_dump(document))
    lay(sample)
    assert json.loads((sample / "tests/mocks/openapi.json").read_text())["paths"] == document["paths"]
    assert "export interface PurchaseOrder {" in (sample / "tests/mocks/api.ts").read_text()
    (sample / "openapi.yaml").write_text("paths: {/api/new: {get: {}}}\n")
    with pytest.raises(DifferencesFound, match=r"mocks/api\.ts"):
        lay(sample, Action.CHECK)


def test_in_a_folder_of_a_repository_the_pipelines_name_that_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    root = Path(shutil.copytree(SAMPLE, tmp_path / "web"))
    lay(root)
    assert not (root / ".github").exists()
    assert "move it to `.github/workflows/` there" in (root / "tests/TODO.md").read_text()
    github = yaml.safe_load((root / "tests/ci/github.yml").read_text())
    assert github["defaults"]["run"]["working-directory"] == "web"
    setup = next(step for step in github["jobs"]["build"]["steps"] if "setup-node" in step.get("uses", ""))
    assert setup["with"]["cache-dependency-path"] == "web/package-lock.json"
    gitlab = yaml.safe_load((root / "tests/ci/gitlab.yml").read_text())[".platform-tests"]
    assert gitlab["cache"] == {"key": {"files": ["web/package-lock.json"]}, "paths": [".package-cache"]}
    assert gitlab["variables"]["npm_config_cache"] == "$CI_PROJECT_DIR/.package-cache"


def test_without_git_no_tree_is_dirty(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q"], cwd=sample, check=True)
    monkeypatch.setenv("PATH", "")
    assert scaffold(Request(root=sample), QUIET).applied
