"""``slas/tenants.yml`` as its owner wrote it: single entries are added and changed, every other byte stays."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from platformctl.errors import PlatformError, UsageError
from platformctl.sinks.files import write_atomically
from platformctl.sources.tenants import load_tenants, load_tiers
from platformctl.sources.workspace import Workspace

PATH: Final = "slas/tenants.yml"
COLUMNS: Final = ("id", "name", "vertical", "tier")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z0-9-]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What an entry shall say; an empty name or vertical leaves that of a tenant that is there."""

    id: str
    tier: str
    name: str = ""
    vertical: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """The file before and after, and in words what changed."""

    before: str
    after: str
    changes: tuple[str, ...]


def read_rows(path: Path) -> tuple[Wanted, ...]:
    """Tenants of a CSV file with a head line, or of a JSON array of objects."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = (
            json.loads(text)
            if path.suffix == ".json"
            else list(csv.DictReader(io.StringIO(text), strict=True))
        )
    except (OSError, ValueError, csv.Error) as error:
        raise PlatformError(f"cannot be read: {error}", where=str(path)) from None
    if not isinstance(rows, list):
        raise PlatformError("not a JSON array", where=str(path))
    return tuple(_wanted(row, f"{path}: entry {number}") for number, row in enumerate(rows, start=1))


def _wanted(row: object, where: str) -> Wanted:
    if not isinstance(row, Mapping) or not {"id", "tier"} <= row.keys():
        raise PlatformError(
            "an entry needs at least id and tier", where=where, fix=f"columns: {','.join(COLUMNS)}"
        )
    values = {key: row.get(key) or "" for key in COLUMNS}
    if wrong := [key for key, value in values.items() if not isinstance(value, str)]:
        raise PlatformError(f"{wrong[0]} is not a text", where=where)
    return Wanted(**{key: str(value).strip() for key, value in values.items()})


def edit_file(workspace: Workspace, wanted: Iterable[Wanted], *, vertical: str | None) -> Edit:
    """What the file becomes; nothing is written. New tenants without a vertical get `vertical`."""
    if workspace.built_in:
        raise UsageError(
            "the built-in tenants cannot be changed", fix="platformctl init DIR, then work there"
        )
    before = (workspace.content / PATH).read_text(encoding="utf-8")
    nodes = _entries(before)
    replaced: list[tuple[int, int, str]] = []
    added: list[Wanted] = []
    changes: list[str] = []
    for one in sorted(wanted, key=lambda one: one.id):
        node = nodes.get(one.id)
        if node is None:
            added.append(_complete(one, vertical))
            changes.append(f"+ {one.id} on {one.tier}")
            continue
        for key in ("tier", "name", "vertical"):
            value = getattr(one, key)
            scalar = node[key]
            if value and value != scalar.value:
                replaced.append((scalar.start_mark.index, scalar.end_mark.index, _scalar(value)))
                changes.append(f"~ {one.id}: {key} {scalar.value} -> {value}")
    after = _append(before, added)
    for start, end, text in sorted(replaced, reverse=True):
        after = after[:start] + text + after[end:]
    _check(workspace.content, after)
    return Edit(before=before, after=after, changes=tuple(changes))


def write(workspace: Workspace, edit: Edit) -> None:
    """Replace the file, unless somebody changed it since it was read."""
    path = workspace.content / PATH
    if path.read_text(encoding="utf-8") != edit.before:
        raise PlatformError("the file changed meanwhile", where=PATH, fix="run the command again")
    write_atomically(path, edit.after)


def _entries(text: str) -> dict[str, dict[str, yaml.ScalarNode]]:
    """The scalars of every tenant, by its id and their key."""
    found = {}
    for node in _sequence(text).value:
        scalars = {key.value: value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
        found[scalars["id"].value] = scalars
    return found


def _sequence(text: str) -> yaml.SequenceNode:
    root = yaml.compose(text, yaml.CSafeLoader)
    members = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((value for key, value in members if key.value == "tenants"), None)
    if not isinstance(found, yaml.SequenceNode):
        raise PlatformError("tenants is not a list", where=PATH)
    return found


def _append(text: str, added: Sequence[Wanted]) -> str:
    """Entries of one line each behind the last one."""
    if not added:
        return text
    sequence = _sequence(text)
    lines = [f"{{{', '.join(f'{key}: {_scalar(getattr(one, key))}' for key in COLUMNS)}}}" for one in added]
    if sequence.flow_style:  # tenants: [] or all of it on one line
        inner = text[sequence.start_mark.index + 1 : sequence.end_mark.index - 1].strip().rstrip(",")
        items = [*([inner] if inner else []), *lines]
        body = "[\n  " + ",\n  ".join(items) + ",\n]"
        return text[: sequence.start_mark.index] + body + text[sequence.end_mark.index :]
    at = text.find("\n", _end_of(sequence.value[-1]) - 1) + 1 or len(text)
    joint = "" if text[:at].endswith("\n") else "\n"
    indent = " " * sequence.start_mark.column
    return text[:at] + joint + "".join(f"{indent}- {line}\n" for line in lines) + text[at:]


def _end_of(node: yaml.Node) -> int:
    """Where a node's last scalar ends: a block mapping's own end lies behind what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return max(_end_of(value) for _, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return max(_end_of(value) for value in node.value)
    return int(node.end_mark.index)


def _complete(one: Wanted, vertical: str | None) -> Wanted:
    chosen = one.vertical or vertical
    if not chosen:
        raise UsageError(
            f"nobody says which vertical {one.id} is in", fix="--vertical hotels (for all that are new)"
        )
    return Wanted(id=one.id, tier=one.tier, name=one.name or one.id, vertical=chosen)


def _scalar(value: str) -> str:
    return (
        value
        if _PLAIN.fullmatch(value) and value not in ("true", "false", "null", "yes", "no", "on", "off")
        else (json.dumps(value, ensure_ascii=False))
    )


def _check(content: Path, text: str) -> None:
    """Hold the new text against the schema and the tiers before it is anybody's."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "slas").mkdir()
        shutil.copy(content / "slas/tiers.yml", root / "slas/tiers.yml")
        (root / PATH).write_text(text, encoding="utf-8")
        load_tenants(root, load_tiers(root))
