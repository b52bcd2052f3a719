"""Elements as a person writes them: attributes, children between the tags, broken into lines when they are long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

_WIDEST: Final = 110
_PLAIN_TEXT: Final = re.compile(r'"[^"\\{}<>&]*"')


def element(name: str, props: Mapping[str, str], *, indent: int) -> str:
    """The element with its props, given as expressions; `indent` is that of the line it begins on."""
    given = [attribute(prop, value) for prop, value in props.items() if prop != "children"]
    content = _children(props["children"]) if "children" in props else None
    flat = " ".join([name, *given])
    line = f"<{flat} />" if content is None else f"<{flat}>{content}</{name}>"
    if indent + len(line) <= _WIDEST:
        return line
    inner = "\n".join(" " * (indent + 2) + one for one in given)
    end = " " * indent
    if content is None:
        return f"<{name}\n{inner}\n{end}/>"
    return f"<{name}\n{inner}\n{end}>\n{end}  {content}\n{end}</{name}>"


def returned(name: str, props: Mapping[str, str], *, indent: int) -> str:
    """The element as the body of an arrow function: in brackets when it takes several lines."""
    flat = element(name, props, indent=indent)
    if "\n" not in flat:
        return flat
    return f"(\n{' ' * (indent + 2)}{element(name, props, indent=indent + 2)}\n{' ' * indent})"


def nested(tags: Sequence[tuple[str, str]], inner: str, *, indent: int) -> str:
    """Elements in one another, the outer first, each as (opening tag, name), around what is innermost."""
    if not tags:
        return "\n".join(" " * indent + line.removeprefix("  ") for line in inner.splitlines())
    (opening, name), *rest = tags
    if not rest and inner == "{children}":
        return f"{' ' * indent}{opening}{inner}</{name}>"
    content = nested(rest, inner, indent=indent + 2)
    return f"{' ' * indent}{opening}\n{content}\n{' ' * indent}</{name}>"


def quoted(text: str) -> str:
    """A text as a TypeScript literal."""
    return json.dumps(text, ensure_ascii=False)


def attribute(name: str, value: str) -> str:
    """An attribute whose value is given as an expression."""
    return f"{name}={value}" if _PLAIN_TEXT.fullmatch(value) else f"{name}={{{value}}}"


def _children(value: str) -> str:
    if _PLAIN_TEXT.fullmatch(value):
        return value[1:-1]
    return value if value.startswith("<") else f"{{{value}}}"
