"""Alloy's configuration language, written from blocks of plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Reference:
    """An expression that is not quoted: another component's export, as ``loki.write.loki.receiver``."""

    expression: str


Value: TypeAlias = "str | bool | int | float | Reference | list[Value] | Mapping[str, Value]"


@dataclass(frozen=True, slots=True)
class Block:
    """A block: a component where `label` is set, or a part of one."""

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    label: str = ""


_INDENT: Final = "\t"


def dump(blocks: Iterator[Block]) -> str:
    """The file's text, as `alloy fmt` leaves it: tabs, aligned equals signs, an empty line between blocks."""
    return "\n\n".join("\n".join(_block(block, "")) for block in blocks) + "\n"


def _block(block: Block, indent: str) -> Iterator[str]:
    head = f'{block.name} "{block.label}"' if block.label else block.name
    if not block.arguments and not block.blocks:
        yield f"{indent}{head} {{ }}"
        return
    yield f"{indent}{head} {{"
    deeper = indent + _INDENT
    yield from _arguments(block.arguments, deeper)
    for index, inner in enumerate(block.blocks):
        if index or block.arguments:
            yield ""
        yield from _block(inner, deeper)
    yield f"{indent}}}"


def _arguments(arguments: Mapping[str, Value], indent: str) -> Iterator[str]:
    """Equal signs stand below each other, up to and with the first value of several lines; then anew."""
    group: dict[str, str] = {}
    for name, value in arguments.items():
        group[name] = _value(value, indent)
        if "\n" in group[name]:
            yield from _aligned(group, indent)
            group = {}
    yield from _aligned(group, indent)


def _aligned(group: Mapping[str, str], indent: str) -> Iterator[str]:
    width = max(map(len, group), default=0)
    for name, value in group.items():
        yield f"{indent}{name.ljust(width)} = {value}"


def _value(value: Value, indent: str) -> str:
    match value:
        case Reference(expression=expression):
            return expression
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(_value(item, indent) for item in value)}]"
        case _:
            return _mapping(value, indent)


def _mapping(value: Mapping[str, Value], indent: str) -> str:
    if not value:
        return "{}"
    deeper = indent + _INDENT
    quoted = {json.dumps(key, ensure_ascii=False): item for key, item in value.items()}
    width = max((len(key) for key in quoted), default=0)
    lines = [f"{deeper}{key.ljust(width)} = {_value(item, deeper)}," for key, item in quoted.items()]
    return "\n".join(("{", *lines, f"{indent}}}"))
