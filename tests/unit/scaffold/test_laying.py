"""Laying a tree into a project: never over its owner's work, all or nothing, out again without a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platformctl.errors import PlatformError, UsageError
from platformctl.scaffold.lay.apply import apply
from platformctl.scaffold.lay.laying import plan_laying, plan_removal
from platformctl.scaffold.lay.manifest import Manifest, load
from platformctl.scaffold.lay.plan import Kind, Plan
from platformctl.scaffold.lay.project import OwnersView, read_manifest
from platformctl.scaffold.lay.tree import JsonEntry, JsonItem, LaidFile, Line, Mode, SharedFile, Tree

PACKAGE = '{\n  "name": "app",\n  "scripts": { "dev": "next dev" }\n}\n'
TEN_LINES = "".join(f"line {n}\n" for n in range(10))


def tree(*files: LaidFile, version: str = "1", shared: tuple[SharedFile, ...] = ()) -> Tree:
    return Tree(name="sample", version=version, answers={"folder": "tests"}, files=files, shared=shared)


def file(text: str, path: str = "tests/a.ts", mode: Mode = Mode.MANAGED) -> LaidFile:
    return LaidFile(path=path, text=text, mode=mode)


def lay(root: Path, wanted: Tree, *force: str) -> Plan:
    plan = plan_laying(wanted, root, read_manifest(root, "sample"), force=force)
    apply(plan, root)
    return plan


def kinds(plan: Plan) -> dict[str, Kind]:
    return {step.path: step.kind for step in plan.steps}


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


SHARED = (
    SharedFile(
        path="package.json",
        additions=(
            JsonEntry(at=("scripts", "test"), value="jest"),
            JsonEntry(at=("devDependencies", "jest"), value="30.5.2"),
            JsonItem(at=("workspaces",), item="x"),
        ),
    ),
    SharedFile(path=".gitignore", additions=(Line(line="/reports"),), create=""),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text(PACKAGE)
    return tmp_path


def test_a_second_run_changes_nothing(root: Path) -> None:
    wanted = tree(file("a\n"), file("seed\n", "tests/b.ts", Mode.SEED), shared=SHARED)
    assert lay(root, wanted).changes
    before = snapshot(root)
    again = lay(root, wanted)
    assert not again.drift
    assert snapshot(root) == before


def test_removal_leaves_the_project_as_it_was(root: Path) -> None:
    before = snapshot(root)
    lay(root, tree(file("a\n"), file("seed\n", "tests/deep/b.ts", Mode.SEED), shared=SHARED))
    assert len(snapshot(root)) > len(before)
    apply(plan_removal(root, read_manifest(root, "sample")), root)
    assert snapshot(root) == before
    assert not (root / "tests").exists()
    assert not (root / ".platformctl").exists()


def test_removal_keeps_what_the_owner_edited_and_added(root: Path) -> None:
    lay(root, tree(file("a\n"), shared=SHARED))
    (root / "tests/a.ts").write_text("mine\n")
    package = json.loads((root / "package.json").read_text())
    package["devDependencies"]["jest"] = "31"
    (root / "package.json").write_text(json.dumps(package))
    apply(plan_removal(root, read_manifest(root, "sample")), root)
    assert (root / "tests/a.ts").read_text() == "mine\n"
    assert json.loads((root / "package.json").read_text())["devDependencies"] == {"jest": "31"}


def test_a_file_of_the_owners_is_never_overwritten(root: Path) -> None:
    (root / "tests").mkdir()
    (root / "tests/a.ts").write_text("mine\n")
    plan = lay(root, tree(file("ours\n")))
    assert kinds(plan) == {"tests/a.ts.platformctl-new": Kind.BESIDE}
    assert (root / "tests/a.ts").read_text() == "mine\n"
    assert not lay(root, tree(file("ours\n"))).drift


def test_force_takes_ours_for_a_named_path_and_keeps_a_copy(root: Path) -> None:
    (root / "tests").mkdir()
    (root / "tests/a.ts").write_text("mine\n")
    lay(root, tree(file("ours\n")), "tests/a.ts")
    assert (root / "tests/a.ts").read_text() == "ours\n"
    assert (root / "tests/a.ts.orig").read_text() == "mine\n"
    with pytest.raises(UsageError, match="not laid down"):
        plan_laying(tree(file("ours\n")), root, read_manifest(root, "sample"), force=["package.json"])


def test_an_untouched_file_is_updated_and_an_edited_one_merged(root: Path) -> None:
    lay(root, tree(file(TEN_LINES), file(TEN_LINES, "tests/b.ts")))
    (root / "tests/b.ts").write_text(TEN_LINES.replace("line 1\n", "my line\n"))
    newer = TEN_LINES.replace("line 8", "our line")
    plan = lay(root, tree(file(newer), file(newer, "tests/b.ts"), version="2"))
    assert kinds(plan) == {"tests/a.ts": Kind.UPDATE, "tests/b.ts": Kind.MERGE}
    assert (root / "tests/b.ts").read_text() == newer.replace("line 1\n", "my line\n")


def test_a_conflict_goes_to_a_side_file_and_is_settled_by_its_owner(root: Path) -> None:
    lay(root, tree(file("old\n")))
    (root / "tests/a.ts").write_text("mine\n")
    plan = lay(root, tree(file("new\n"), version="2"))
    assert kinds(plan)["tests/a.ts"] is Kind.CONFLICT
    assert (root / "tests/a.ts").read_text() == "mine\n"
    side = root / "tests/a.ts.platformctl-merge"
    assert "<<<<<<< yours\nmine" in side.read_text()
    side.unlink()
    (root / "tests/a.ts").write_text("settled\n")
    again = lay(root, tree(file("new\n"), version="2"))
    assert kinds(again) == {"tests/a.ts": Kind.EDITED}
    assert again.drift


def test_a_seed_belongs_to_its_owner(root: Path) -> None:
    seed = file("seed\n", mode=Mode.SEED)
    lay(root, tree(seed))
    (root / "tests/a.ts").write_text("mine\n")
    assert not lay(root, tree(file("newer seed\n", mode=Mode.SEED), version="2")).changes
    (root / "tests/a.ts").unlink()
    assert not lay(root, tree(seed)).changes


def test_a_seed_that_its_owner_has_not_touched_is_renewed(root: Path) -> None:
    lay(root, tree(file("seed\n", mode=Mode.SEED)))
    plan = lay(root, tree(file("newer seed\n", mode=Mode.SEED), version="2"))
    assert kinds(plan) == {"tests/a.ts": Kind.UPDATE}


def test_a_file_that_is_laid_no_more_goes_away(root: Path) -> None:
    lay(root, tree(file("a\n"), file("b\n", "tests/b.ts"), shared=SHARED))
    plan = lay(root, tree(file("a\n")))
    assert kinds(plan)["tests/b.ts"] is Kind.DELETE
    assert (root / "package.json").read_text() == PACKAGE


def test_an_entry_of_the_owners_stays_and_is_said(root: Path) -> None:
    own = SharedFile(path="package.json", additions=(JsonEntry(at=("scripts", "dev"), value="vite"),))
    plan = lay(root, tree(shared=(own,)))
    assert plan.steps[0].note == "scripts.dev stays 'next dev', not 'vite'"
    assert (root / "package.json").read_text() == PACKAGE


def test_a_failure_half_way_leaves_every_byte(root: Path) -> None:
    lay(root, tree(file("a\n")))
    before = snapshot(root)
    wanted = tree(file("newer\n"), file("b\n", "tests/new/b.ts"), shared=SHARED, version="2")
    plan = plan_laying(wanted, root, read_manifest(root, "sample"))
    calls = list[Path]()

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 4:
            raise OSError("disk full")
        source.replace(target)

    with pytest.raises(PlatformError, match="Nothing was changed: disk full"):
        apply(plan, root, replace=failing)
    assert len(calls) == 4
    assert snapshot(root) == before
    assert not (root / "tests/new").exists()


def test_a_plan_that_is_out_of_date_is_refused(root: Path) -> None:
    lay(root, tree(file("a\n")))
    plan = plan_laying(tree(file("b\n")), root, read_manifest(root, "sample"))
    (root / "tests/a.ts").write_text("meanwhile\n")
    with pytest.raises(PlatformError, match="changed after the plan"):
        apply(plan, root)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "c:/x", "a\\..\\x"])
def test_a_manifest_that_points_outside_is_refused(path: str) -> None:
    entry = {"mode": "managed", "base": "0" * 64}
    text = json.dumps({"version": "1", "answers": {}, "files": {path: entry}, "shared": {}})
    with pytest.raises(PlatformError, match="cannot be understood"):
        load("sample", text)


def test_a_link_out_of_the_project_is_refused(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "tests").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(PlatformError, match="link"):
        lay(root, tree(file("a\n")))


def test_other_line_endings_are_no_edit(root: Path) -> None:
    lay(root, tree(file("a\nb\n")))
    (root / "tests/a.ts").write_bytes(b"a\r\nb\r\n")
    assert not plan_laying(tree(file("a\nb\n")), root, read_manifest(root, "sample")).drift


def test_the_owners_view_hides_what_we_laid(root: Path) -> None:
    lay(root, tree(file("a\n"), shared=SHARED))
    view = OwnersView(root=root, manifest=read_manifest(root, "sample"))
    assert view.read("package.json") == PACKAGE
    assert view.read("tests/a.ts") is None
    assert not view.exists("tests")
    assert not OwnersView(root=root, manifest=Manifest(name="x")).read("tests/missing.ts")
