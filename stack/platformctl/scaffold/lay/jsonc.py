"""Read JSON with comments and trailing commas, keeping where in the text every value lies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from platformctl.errors import PlatformError

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]

_BLANK: Final = re.compile(r"(?:\s|\ufeff|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DEEPEST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value and its span: `text[start:end]`. Containers also keep their children."""

    start: int
    end: int
    value: JsonValue
    members: tuple[Member, ...] = ()
    items: tuple[Node, ...] = ()

    def member(self, key: str) -> Member | None:
        """The last member of that name (as JSON.parse has it), or None."""
        return next((member for member in reversed(self.members) if member.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One `"key": value` of an object; `start` is where the key begins."""

    key: str
    start: int
    node: Node


@dataclass
class _Reader:
    text: str
    where: str
    at: int = 0
    depth: int = field(default=0)

    def blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> str:
        self.blank()
        return self.text[self.at : self.at + 1]

    def fail(self, wanted: str) -> PlatformError:
        line = self.text.count("\n", 0, self.at) + 1
        found = repr(self.text[self.at : self.at + 10]) if self.at < len(self.text) else "the end of the file"
        return PlatformError(
            f"Not readable as JSON: expected {wanted}, found {found}", where=f"{self.where}:{line}"
        )

    def value(self) -> Node:
        match self.peek():
            case "{":
                return self.nested(self.object)
            case "[":
                return self.nested(self.array)
            case '"':
                start = self.at
                text = self.string()
                return Node(start=start, end=self.at, value=text)
            case _:
                return self.scalar()

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fail(f"at most {_DEEPEST} levels")
        node = read()
        self.depth -= 1
        return node

    def scalar(self) -> Node:
        match = _SCALAR.match(self.text, self.at)
        if match is None:
            raise self.fail("a value")
        start, self.at = self.at, match.end()
        return Node(start=start, end=self.at, value=json.loads(match.group()))

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.fail("a string")
        try:
            text = json.loads(match.group())
        except ValueError:
            raise self.fail("a string with valid escapes") from None
        self.at = match.end()
        return str(text)

    def object(self) -> Node:
        start, members = self.at, list[Member]()
        self.at += 1
        while self.peek() != "}":
            key_at = self.at
            key = self.string()
            if self.peek() != ":":
                raise self.fail("':'")
            self.at += 1
            members.append(Member(key=key, start=key_at, node=self.value()))
            self.separator("}")
        self.at += 1
        value: JsonValue = {member.key: member.node.value for member in members}
        return Node(start=start, end=self.at, value=value, members=tuple(members))

    def array(self) -> Node:
        start, items = self.at, list[Node]()
        self.at += 1
        while self.peek() != "]":
            items.append(self.value())
            self.separator("]")
        self.at += 1
        return Node(start=start, end=self.at, value=[item.value for item in items], items=tuple(items))

    def separator(self, closing: str) -> None:
        found = self.peek()
        if found == ",":
            self.at += 1
        elif found != closing:
            raise self.fail(f"',' or '{closing}'")


def parse(text: str, *, where: str = "JSON text") -> Node:
    """The document's root; raises PlatformError with the line when it cannot be read."""
    reader = _Reader(text=text, where=where)
    root = reader.value()
    if reader.peek():
        raise reader.fail("nothing more")
    return root


def find(root: Node, at: tuple[str, ...]) -> Node | None:
    """The node under a path of keys, or None."""
    node = root
    for key in at:
        member = node.member(key)
        if member is None:
            return None
        node = member.node
    return node
