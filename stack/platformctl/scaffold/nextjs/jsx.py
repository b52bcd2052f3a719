"""Elements as a person writes them: attributes, children between the tags, broken into lines when they are long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

_WIDEST: Final = 110
_PLAIN_TEXT: Final = re.compile(r'"[^"\\{}<>&]*"')


def element(name: str, props: Mapping[str, str], *, indent: int) -> str:
    """The element with its props, given as expressions; `indent` is that of the line it begins on."""
    given = [_attribute(prop, value) for prop, value in props.items() if prop != "children"]
    content = _children(props["children"]) if "children" in props else None
    flat = " ".join([name, *given])
    line = f"<{flat} />" if content is None else f"<{flat}>{content}</{name}>"
    if indent + len(line) <= _WIDEST:
        return line
    inner = "\n".join(" " * (indent + 2) + attribute for attribute in given)
    end = " " * indent
    if content is None:
        return f"<{name}\n{inner}\n{end}/>"
    return f"<{name}\n{inner}\n{end}>\n{end}  {content}\n{end}</{name}>"


def quoted(text: str) -> str:
    """A text as a TypeScript literal."""
    return json.dumps(text, ensure_ascii=False)


def _attribute(name: str, value: str) -> str:
    return f"{name}={value}" if _PLAIN_TEXT.fullmatch(value) else f"{name}={{{value}}}"


def _children(value: str) -> str:
    if _PLAIN_TEXT.fullmatch(value):
        return value[1:-1]
    return value if value.startswith("<") else f"{{{value}}}"
