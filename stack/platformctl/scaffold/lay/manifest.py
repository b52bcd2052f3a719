"""The record of what we laid down: hashes, whose file it is, the base text for merging, our additions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from platformctl.errors import PlatformError
from platformctl.scaffold.lay import jsonc
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.tree import Addition, Insertion, JsonEntry, JsonItem, Line, Mode

FOLDER: Final = ".platformctl"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One file of ours as we last wrote it; `base` is the hash of the text it was rendered from."""

    path: str
    mode: Mode
    base: str


@dataclass(frozen=True, kw_only=True)
class SharedRecord:
    """One file of the owner's that holds additions of ours. `made_file`: we created the file itself."""

    path: str
    made: tuple[Addition, ...]
    made_file: bool


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What one command has laid into one project."""

    name: str
    version: str = ""
    answers: dict[str, JsonValue] = field(default_factory=dict)
    files: tuple[Record, ...] = ()
    shared: tuple[SharedRecord, ...] = ()

    def record(self, path: str) -> Record | None:
        """The record of one file of ours."""
        return self._files_by_path.get(path)

    def shared_record(self, path: str) -> SharedRecord | None:
        """The record of one file of the owner's."""
        return self._shared_by_path.get(path)

    @cached_property
    def _files_by_path(self) -> Mapping[str, Record]:
        return {record.path: record for record in self.files}

    @cached_property
    def _shared_by_path(self) -> Mapping[str, SharedRecord]:
        return {record.path: record for record in self.shared}


def manifest_path(name: str) -> str:
    """Where the manifest of a command lies in the project."""
    return f"{FOLDER}/{name}.json"


def base_path(base: str) -> str:
    """Where a base text lies. It has no extension, so that no test runner or linter takes it for code."""
    return f"{FOLDER}/base/{base[:32]}"


def dump(manifest: Manifest) -> str:
    """The manifest as text, the same for the same content."""
    document = {
        "about": "Written by platformctl: what it laid here. Commit it; delete it to keep all as yours.",
        "version": manifest.version,
        "answers": manifest.answers,
        "files": {r.path: {"mode": r.mode.value, "base": r.base} for r in _by_path(manifest.files)},
        "shared": {
            r.path: {"created": r.made_file, "additions": [_dump_addition(a) for a in r.made]}
            for r in sorted(manifest.shared, key=lambda r: r.path)
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def load(name: str, text: str | None) -> Manifest:
    """The manifest of a text; an empty one of None. Paths that leave the project are refused."""
    if text is None:
        return Manifest(name=name)
    where = manifest_path(name)
    document = jsonc.parse(text, where=where).value
    try:
        return _read(name, _object(document))
    except (KeyError, TypeError, ValueError) as error:
        raise PlatformError(
            f"The manifest cannot be understood ({error})",
            where=where,
            fix=f"git checkout -- {where}   # or delete it to keep all files as your own",
        ) from None


def safe_path(path: str) -> str:
    """A path inside the project, or ValueError."""
    pure = PurePosixPath(path)
    if (
        not path
        or pure.is_absolute()
        or ".." in pure.parts
        or "\\" in path
        or "\0" in path
        or ":" in pure.parts[0]
    ):
        raise ValueError(f"{path!r} is not a path inside the project")
    return path


def _by_path(records: tuple[Record, ...]) -> list[Record]:
    return sorted(records, key=lambda record: record.path)


def _read(name: str, document: dict[str, JsonValue]) -> Manifest:
    files = _object(document["files"])
    shared = _object(document["shared"])
    return Manifest(
        name=name,
        version=str(document["version"]),
        answers=_object(document["answers"]),
        files=tuple(
            Record(path=safe_path(path), mode=Mode(_text(_object(r)["mode"])), base=_hash(_object(r)["base"]))
            for path, r in files.items()
        ),
        shared=tuple(
            SharedRecord(
                path=safe_path(path),
                made=tuple(_load_addition(_object(a)) for a in _array(_object(r)["additions"])),
                made_file=_object(r)["created"] is True,
            )
            for path, r in shared.items()
        ),
    )


def _dump_addition(addition: Addition) -> dict[str, JsonValue]:
    match addition:
        case JsonEntry(at=at, value=value):
            return {"key": list(at), "value": value}
        case JsonItem(at=at, item=item):
            return {"array": list(at), "item": item}
        case Line(line=line):
            return {"line": line}
        case Insertion(after=after, text=text):
            return {"after": after, "text": text}


def _load_addition(document: dict[str, JsonValue]) -> Addition:
    match document:
        case {"key": list(at), "value": value}:
            return JsonEntry(at=tuple(map(_text, at)), value=value)
        case {"array": list(at), "item": str(item)}:
            return JsonItem(at=tuple(map(_text, at)), item=item)
        case {"line": str(line)}:
            return Line(line=line)
        case {"after": str(after), "text": str(text)}:
            return Insertion(after=after, text=text)
        case _:
            raise ValueError(f"unknown addition {sorted(document)}")


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise TypeError("an object is expected")
    return value


def _array(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError("an array is expected")
    return value


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError("a string is expected")
    return value


def _hash(value: JsonValue) -> str:
    text = _text(value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError("a base that is no hash")
    return text
