"""Plan to lay a tree into a project, and plan to take it out again. Both only read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from platformctl.errors import UsageError
from platformctl.scaffold.lay import shared as shared_files
from platformctl.scaffold.lay.manifest import Manifest, Record, SharedRecord, base_path, dump, manifest_path
from platformctl.scaffold.lay.merge import merge
from platformctl.scaffold.lay.plan import Kind, Plan, Step
from platformctl.scaffold.lay.project import read_text
from platformctl.scaffold.lay.tree import LaidFile, Mode, SharedFile, Tree, digest

BESIDE: Final = ".platformctl-new"
CONFLICT: Final = ".platformctl-merge"
ORIGINAL: Final = ".orig"


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """What one file came to: its steps and its record."""

    steps: tuple[Step, ...]
    record: Record | None = None


def plan_laying(tree: Tree, root: Path, old: Manifest, *, force: Collection[str] = ()) -> Plan:
    """How the project gets to hold the tree; `force` names paths whose present text is given up."""
    unknown = sorted(set(force) - {file.path for file in tree.files})
    if unknown:
        raise UsageError(
            f"--force names a file that is not laid down: {', '.join(unknown)}",
            fix="platformctl scaffold-tests DIR   # shows the paths",
        )
    laid = [_lay(file, root, old, forced=file.path in force) for file in tree.files]
    added = [_share(file, root, old) for file in tree.shared]
    records = tuple(result.record for result in laid if result.record)
    kept_paths = {record.path for record in records}
    leaving = [_leave(record, root) for record in old.files if record.path not in kept_paths]
    shared_paths = {file.path for file in tree.shared}
    stripped = [_strip(record, root) for record in old.shared if record.path not in shared_paths]
    manifest = Manifest(
        name=tree.name,
        version=tree.version,
        answers=json.loads(json.dumps(tree.answers)),
        files=records,
        shared=tuple(record for _, record in added if record.made or record.made_file),
    )
    steps = (
        [step for result in laid for step in result.steps] + [step for step, _ in added] + leaving + stripped
    )
    return _plan(steps, manifest, _base_texts(tree, manifest), root, old)


def plan_removal(root: Path, manifest: Manifest) -> Plan:
    """How the project gets rid of what was laid; files the owner edited stay."""
    steps = [_leave(record, root) for record in manifest.files] + [_strip(r, root) for r in manifest.shared]
    return _plan(steps, Manifest(name=manifest.name), {}, root, manifest)


def _lay(file: LaidFile, root: Path, old: Manifest, *, forced: bool) -> _Laid:
    before, record = read_text(root, file.path), old.record(file.path)
    new = Record(path=file.path, mode=file.mode, base=digest(file.text))
    if forced and before is not None and digest(before) != new.base:
        return _forced(file, before, root, new)
    if before is None:
        if record is not None and record.mode is Mode.SEED:
            gone = Step(
                path=file.path, kind=Kind.SEED, before=None, after=None, note="taken out by its owner"
            )
            return _Laid(steps=(gone,), record=record)
        return _one(file, Kind.CREATE, None, new)
    if digest(before) == new.base:
        return _Laid(steps=(Step(path=file.path, kind=Kind.SAME, before=before, after=before),), record=new)
    if record is None:
        return _beside(file, root, old)
    if record.mode is Mode.SEED and digest(before) != record.base:
        return _Laid(
            steps=(Step(path=file.path, kind=Kind.SEED, before=before, after=before),), record=record
        )
    if digest(before) == record.base:
        return _one(file, Kind.UPDATE, before, new)
    if record.base == new.base:
        note = "edited since it was laid down"
        return _Laid(
            steps=(Step(path=file.path, kind=Kind.EDITED, before=before, after=before, note=note),),
            record=record,
        )
    return _merge(file, before, record, root)


def _one(file: LaidFile, kind: Kind, before: str | None, record: Record) -> _Laid:
    return _Laid(steps=(Step(path=file.path, kind=kind, before=before, after=file.text),), record=record)


def _forced(file: LaidFile, before: str, root: Path, record: Record) -> _Laid:
    copy = file.path + ORIGINAL
    kept = Step(
        path=copy, kind=Kind.FORCE, before=read_text(root, copy), after=before, note="what stood there before"
    )
    taken = Step(
        path=file.path, kind=Kind.FORCE, before=before, after=file.text, note=f"yours is kept as {copy}"
    )
    return _Laid(steps=(taken, kept), record=record)


def _beside(file: LaidFile, root: Path, old: Manifest) -> _Laid:
    moved = replace(file, path=file.path + BESIDE, mode=Mode.MANAGED)
    result = _lay(moved, root, old, forced=False)
    note = f"{file.path} is yours; take ours with --force {file.path}"
    quiet = all(not step.writes for step in result.steps)
    kind = Kind.SAME if quiet else Kind.BESIDE
    return replace(result, steps=tuple(replace(step, kind=kind, note=note) for step in result.steps))


def _merge(file: LaidFile, before: str, record: Record, root: Path) -> _Laid:
    base = read_text(root, base_path(record.base))
    new = Record(path=file.path, mode=file.mode, base=digest(file.text))
    merged = merge(base=base if base is not None else "", theirs=before, ours=file.text)
    if merged.clean and base is not None:
        step = Step(
            path=file.path, kind=Kind.MERGE, before=before, after=merged.text, note="your edits are kept"
        )
        return _Laid(steps=(step,), record=new)
    side = file.path + CONFLICT
    note = f"edited by you and changed by us: settle it in {file.path}, then delete {side}"
    steps = (
        Step(path=file.path, kind=Kind.CONFLICT, before=before, after=before, note=note),
        Step(path=side, kind=Kind.CONFLICT, before=read_text(root, side), after=merged.text, note=note),
    )
    return _Laid(steps=steps, record=new)


def _share(file: SharedFile, root: Path, old: Manifest) -> tuple[Step, SharedRecord]:
    before, record = read_text(root, file.path), old.shared_record(file.path)
    made_file = record.made_file if record else before is None
    text = before if before is not None else (file.create or "")
    settled = (
        record is not None
        and before is not None
        and all(shared_files.is_there(text, addition) for addition in (*file.additions, *record.made))
    )
    if settled and record is not None:
        step = Step(path=file.path, kind=Kind.SAME, before=before, after=before)
        if {repr(a) for a in record.made} >= {repr(a) for a in file.additions}:
            return step, record
    owners = shared_files.strip(text, record.made) if record else text
    added = shared_files.add(owners, file.additions)
    kind = Kind.CREATE if before is None else Kind.SAME if added.text == before else Kind.MERGE
    step = Step(path=file.path, kind=kind, before=before, after=added.text, note="; ".join(added.kept))
    return step, SharedRecord(path=file.path, made=added.made, made_file=made_file)


def _strip(record: SharedRecord, root: Path) -> Step:
    before = read_text(root, record.path)
    if before is None:
        return Step(path=record.path, kind=Kind.SAME, before=None, after=None)
    after = shared_files.strip(before, record.made)
    if record.made_file and after.strip() in {"", "{}"}:
        return Step(path=record.path, kind=Kind.DELETE, before=before, after=None)
    kind = Kind.SAME if after == before else Kind.MERGE
    return Step(path=record.path, kind=kind, before=before, after=after)


def _leave(record: Record, root: Path) -> Step:
    before = read_text(root, record.path)
    if before is None:
        return Step(path=record.path, kind=Kind.SAME, before=None, after=None)
    if digest(before) == record.base:
        return Step(path=record.path, kind=Kind.DELETE, before=before, after=None)
    return Step(
        path=record.path, kind=Kind.EDITED, before=before, after=before, note="edited by you: it stays"
    )


def _base_texts(tree: Tree, manifest: Manifest) -> dict[str, str]:
    """The texts a later merge starts from, by path. Seeds are never merged and need none."""
    texts = {digest(file.text): file.text for file in tree.files if file.mode is Mode.MANAGED}
    return {base_path(r.base): texts[r.base] for r in manifest.files if r.base in texts}


def _plan(steps: list[Step], manifest: Manifest, bases: Mapping[str, str], root: Path, old: Manifest) -> Plan:
    """Put the steps in order and add what the record-keeping needs."""
    where = manifest_path(manifest.name)
    empty = not manifest.files and not manifest.shared
    wanted: dict[str, str | None] = {base_path(record.base): None for record in old.files}
    wanted |= {**bases, where: None if empty else dump(manifest)}
    held = {path: read_text(root, path) for path in wanted}
    kept = {base_path(record.base) for record in manifest.files}
    bookkeeping = tuple(
        Step(path=path, kind=Kind.UPDATE, before=held[path], after=text)
        for path, text in sorted(wanted.items())
        if not (text is None and path in kept)
    )
    ordered = tuple(sorted(steps, key=lambda step: step.path))
    return Plan(steps=ordered, manifest=manifest, bookkeeping=bookkeeping)
