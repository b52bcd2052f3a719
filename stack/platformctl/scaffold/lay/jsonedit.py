"""Change single entries of a JSON document and leave every other byte as its owner wrote it."""

from __future__ import annotations

import json
import re

from platformctl.scaffold.lay.jsonc import JsonValue, Node, find, parse

Path = tuple[str, ...]


def value_at(text: str, at: Path, *, where: str = "JSON text") -> JsonValue:
    """The value under a path of keys; None also when there is none."""
    node = find(parse(text, where=where), at)
    return None if node is None else node.value


def has(text: str, at: Path) -> bool:
    """Whether the path exists."""
    return find(parse(text), at) is not None


def put(text: str, at: Path, value: JsonValue) -> str:
    """Set one entry: replaced in place, or inserted in the manner of its neighbours (parents are made)."""
    root = parse(text)
    existing = find(root, at)
    if existing is not None:
        depth = _depth(text, existing.start)
        return text[: existing.start] + _dump(value, text, depth) + text[existing.end :]
    known = max(n for n in range(len(at)) if _is_object(find(root, at[:n])) or n == 0)
    parent = find(root, at[:known])
    if parent is None or not _is_object(parent):
        raise ValueError(f"{'.'.join(at[:known]) or 'the document'} is not an object")
    for key in reversed(at[known + 1 :]):
        value = {key: value}
    return _insert_member(text, parent, at[known], value)


def append(text: str, at: Path, item: JsonValue) -> str:
    """Add an item to the array under `at`, unless it is there; the array must exist."""
    node = find(parse(text), at)
    if node is None or not isinstance(node.value, list):
        raise ValueError(f"{'.'.join(at)} is not an array")
    if item in node.value:
        return text
    depth = _depth(text, node.start) + 1
    return _insert_at(text, node, len(node.items), _ends(node), _dump(item, text, depth))


def drop(text: str, at: Path) -> str:
    """Take out one entry of an object, with its comma; nothing happens when it isn't there."""
    parent = find(parse(text), at[:-1])
    names = [member.key for member in parent.members] if parent else []
    if parent is None or at[-1] not in names:
        return text
    index = len(names) - 1 - names[::-1].index(at[-1])
    spans = [(member.start, member.node.end) for member in parent.members]
    return _cut(text, parent, spans, index)


def drop_item(text: str, at: Path, item: JsonValue) -> str:
    """Take out one item of an array, with its comma; nothing happens when it isn't there."""
    node = find(parse(text), at)
    if node is None or not isinstance(node.value, list) or item not in node.value:
        return text
    return _cut(text, node, [(child.start, child.end) for child in node.items], node.value.index(item))


def _is_object(node: Node | None) -> bool:
    return node is not None and isinstance(node.value, dict)


def _ends(node: Node) -> list[int]:
    return [member.node.end for member in node.members] or [item.end for item in node.items]


def _insert_member(text: str, parent: Node, key: str, value: JsonValue) -> str:
    names = [member.key for member in parent.members]
    index = len(names)
    if len(names) > 1 and names == sorted(names):
        index = sum(1 for name in names if name < key)
    depth = _depth(text, parent.start) + 1
    member = f"{json.dumps(key, ensure_ascii=False)}: {_dump(value, text, depth)}"
    if index < len(names):
        at = parent.members[index].start
        return text[:at] + member + "," + _gap(text, parent) + text[at:]
    return _insert_at(text, parent, index, _ends(parent), member)


def _insert_at(text: str, container: Node, index: int, ends: list[int], piece: str) -> str:
    if not ends:
        inner = text[container.start + 1 : container.end - 1]
        if inner.strip():  # only comments: keep them, and put the piece after them on a line of its own
            newline, close = _newline(text), container.end - 1
            outer = _indent(text) * _depth(text, container.start)
            body = text[:close].rstrip()
            return f"{body}{newline}{outer}{_indent(text)}{piece}{newline}{outer}{text[close:]}"
        outer = _newline(text) + _indent(text) * _depth(text, container.start)
        opened = text[: container.start + 1] + outer + _indent(text)
        return opened + piece + outer + text[container.end - 1 :]
    end = ends[index - 1]
    comma = _comma_after(text, end)
    gap = _gap(text, container)
    if comma is None:
        return text[:end] + "," + gap + piece + text[end:]
    return text[:comma] + gap + piece + "," + text[comma:]


def _cut(text: str, container: Node, spans: list[tuple[int, int]], index: int) -> str:
    start, end = spans[index]
    comma = _comma_after(text, end)
    if len(spans) == 1:
        before, after = text[: container.start + 1], text[container.end - 1 :]
        inner = text[len(before) : start] + text[comma or end : container.end - 1]
        return before + (inner if inner.strip() else "") + after
    if comma is not None and index + 1 < len(spans):
        return (
            text[:start] + text[spans[index + 1][0] :]
            if _plain(text[comma : spans[index + 1][0]])
            else (text[:start] + text[comma:].lstrip(" "))
        )
    previous = spans[index - 1][1]
    if comma is not None:  # a trailing comma stays one: ours goes, and the one before it becomes the last
        cut_from = _comma_after(text, previous) or previous
        return text[:cut_from] + text[comma:]
    between = text[previous:start]
    return (
        text[:previous]
        + ("" if _plain(between.replace(",", "", 1)) else between.replace(",", "", 1))
        + text[end:]
    )


def _plain(between: str) -> bool:
    return not between.strip()


def _comma_after(text: str, end: int) -> int | None:
    """The place just behind the comma that follows, or None; comments may stand between."""
    match = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*,", re.DOTALL).match(text, end)
    return match.end() if match else None


def _gap(text: str, container: Node) -> str:
    """What stands between two children: a line break and indent, or one space in a one-line container."""
    first = container.members[0].start if container.members else container.items[0].start
    lead = text[container.start + 1 : first]
    if "\n" not in lead:
        return " " if len(container.members) + len(container.items) else ""
    return _newline(text) + lead.rsplit("\n", 1)[1]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent(text: str) -> str:
    match = re.search(r"\n([ \t]+)\S", text)
    return match.group(1) if match else "  "


def _depth(text: str, at: int) -> int:
    """How deep a line is indented, in steps of the document's own indent."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead) // len(_indent(text))


def _dump(value: JsonValue, text: str, depth: int) -> str:
    indent = _indent(text)
    lines = json.dumps(value, ensure_ascii=False, indent=indent).split("\n")
    return (_newline(text) + indent * depth).join(lines)
