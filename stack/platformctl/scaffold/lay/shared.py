"""Make additions to an owner's file, and take exactly those out again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.tree import Addition, Insertion, JsonEntry, JsonItem, Line


@dataclass(frozen=True, kw_only=True)
class Added:
    """A file's text with our additions, those that were really made, and those that were not and why."""

    text: str
    made: tuple[Addition, ...]
    kept: tuple[str, ...]


def add(text: str, additions: tuple[Addition, ...]) -> Added:
    """Add what is missing; what the owner already has stays."""
    made, kept = list[Addition](), list[str]()
    for wanted in additions:
        if is_there(text, wanted):
            kept.extend(_kept(text, wanted))
            continue
        for addition in (*_containers(text, wanted), wanted):
            after = _add_one(text, addition)
            if after == text:
                kept.append(f"no place found: add {_title(addition)} by hand")
                continue
            text = after
            made.append(addition)
    return Added(text=text, made=tuple(made), kept=tuple(kept))


def strip(text: str, made: tuple[Addition, ...]) -> str:
    """Take out the additions that are still as we made them; what was changed since is the owner's now."""
    for addition in reversed(made):
        text = _strip_one(text, addition)
    return text


def is_there(text: str, addition: Addition) -> bool:
    """Whether the file holds the addition's key, item, line or text already."""
    match addition:
        case JsonEntry(at=at):
            return jsonedit.has(text, at)
        case JsonItem(at=at, item=item):
            found = jsonedit.value_at(text, at)
            return isinstance(found, list) and item in found
        case Line(line=line):
            return line in text.splitlines()
        case Insertion(text=inserted):
            return inserted in text


def _containers(text: str, addition: Addition) -> list[JsonEntry]:
    """The objects and arrays to be made first, as additions of their own: they can be taken out again."""
    if not isinstance(addition, JsonEntry | JsonItem):
        return []
    parents = [addition.at[:n] for n in range(1, len(addition.at))]
    missing = [JsonEntry(at=at, value={}) for at in parents if not jsonedit.has(text, at)]
    if isinstance(addition, JsonItem) and not jsonedit.has(text, addition.at):
        missing.append(JsonEntry(at=addition.at, value=[]))
    return missing


def _add_one(text: str, addition: Addition) -> str:
    match addition:
        case JsonEntry(at=at, value=value):
            return jsonedit.put(text, at, value)
        case JsonItem(at=at, item=item):
            return jsonedit.append(text, at, item)
        case Line(line=line):
            newline = "\r\n" if "\r\n" in text else "\n"
            joint = "" if not text or text.endswith("\n") else newline
            return f"{text}{joint}{line}{newline}"
        case Insertion(after=after, text=inserted):
            found = re.search(after, text)
            return text if found is None else text[: found.end()] + inserted + text[found.end() :]


def _strip_one(text: str, addition: Addition) -> str:
    match addition:
        case JsonEntry(at=at, value=value):
            return jsonedit.drop(text, at) if jsonedit.value_at(text, at) == value else text
        case JsonItem(at=at, item=item):
            return jsonedit.drop_item(text, at, item)
        case Line(line=line):
            return re.sub(rf"^{re.escape(line)}\r?\n", "", text, count=1, flags=re.MULTILINE)
        case Insertion(text=inserted):
            return text.replace(inserted, "", 1)


def _kept(text: str, addition: Addition) -> list[str]:
    if isinstance(addition, JsonEntry) and jsonedit.value_at(text, addition.at) != addition.value:
        return [f"{_title(addition)} stays {jsonedit.value_at(text, addition.at)!r}, not {addition.value!r}"]
    return []


def _title(addition: Addition) -> str:
    match addition:
        case JsonEntry(at=at) | JsonItem(at=at):
            return ".".join(at)
        case Line(line=line):
            return line
        case Insertion(text=inserted):
            return inserted.strip()
