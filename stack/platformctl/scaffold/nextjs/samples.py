"""A TypeScript expression for a type: what a generated test hands to a component."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tree_sitter import Node

from platformctl.scaffold.nextjs.source import Sources, find_all, text_of

_DEEPEST: Final = 6
_NAMED: Final[Mapping[str, str]] = {
    "ReactNode": '"content"',
    "ReactElement": "<span>content</span>",
    "Element": "<span>content</span>",
    "ReactChild": '"content"',
    "Date": "new Date(0)",
    "URL": 'new URL("https://example.test/")',
    "CSSProperties": "{}",
    "Error": 'new Error("sample")',
    "File": 'new File(["sample"], "sample.txt")',
    "FormData": "new FormData()",
    "AbortSignal": "new AbortController().signal",
    "RegExp": "/sample/",
    "RefObject": "{ current: null }",
    "MutableRefObject": "{ current: null as never }",
    "ComponentType": '() => "content"',
    "ElementType": '"div"',
    "FC": '() => "content"',
    "Dispatch": "jest.fn()",
    "MouseEventHandler": "jest.fn()",
    "ChangeEventHandler": "jest.fn()",
    "FormEventHandler": "jest.fn()",
    "Record": "{}",
    "Partial": "{}",
    "Set": "new Set()",
    "Map": "new Map()",
}
_PLAIN: Final[Mapping[str, str]] = {
    "number": "3",
    "boolean": "true",
    "any": '"sample"',
    "unknown": '"sample"',
    "object": "{}",
    "void": "undefined",
    "undefined": "undefined",
    "null": "null",
    "bigint": "3n",
}
_EMPTY: Final = frozenset({"undefined", "null"})
_SAME: Final = frozenset({"PropsWithChildren", "Readonly", "NonNullable", "Required"})
# Types of React and of styling libraries whose members are all optional.
_ALL_OPTIONAL: Final = re.compile(
    r"(HTMLAttributes|HTMLProps|SVGProps|SVGAttributes|AriaAttributes|DOMAttributes|RefAttributes|VariantProps)$"
    r"|^Partial$"
)
# What a component's own props add to, as in `interface Props extends ButtonProps`.
_OF_A_LIBRARY: Final = re.compile(r"(?<!Link)(?<!Image)Props$")
# What keeps a component from showing or doing what it is for.
_HINDERING: Final = re.compile(
    r"(?:is)?_?(disabled|loading|busy|pending|hidden|taken|sold|closed|locked|read-?only|invalid|error|failed)",
    re.IGNORECASE,
)
_OF_TAG: Final = re.compile(r"ComponentProps(?:With(?:out)?Ref)?<\s*[\"']")


class Unknown(Exception):
    """No sample can be made; the message says of what."""


@dataclass
class Sampler:
    """Makes samples. `hints` are expressions for fields known by name, such as a tenant's id."""

    sources: Sources
    hints: Mapping[str, str] = field(default_factory=dict)

    def of(self, node: Node, path: str, name: str, depth: int = 0) -> str:
        """An expression of the type; raises Unknown when the type cannot be followed."""
        if depth > _DEEPEST:
            raise Unknown(f"{name}: nested too deeply")
        match node.type:
            case "type_annotation" | "parenthesized_type" | "readonly_type":
                return self.of(node.named_children[-1], path, name, depth)
            case "predefined_type":
                return self._plain(text_of(node), name)
            case "literal_type":
                return text_of(node)
            case "function_type" | "method_signature":
                return "jest.fn()"
            case "array_type":
                return f"[{self.of(node.named_children[0], path, name, depth + 1)}]"
            case "tuple_type":
                return (
                    f"[{', '.join(self.of(child, path, name, depth + 1) for child in node.named_children)}]"
                )
            case "union_type":
                return self._union(node, path, name, depth)
            case "object_type" | "interface_body" | "intersection_type":
                return self._object(self.fields(node, path, depth), depth)
            case "type_identifier" | "nested_type_identifier" | "generic_type":
                return self._reference(node, path, name, depth)
            case "index_type_query":
                return self._key(node.named_children[0], path, name, depth)
            case "lookup_type":
                return self._member(node, path, name, depth)
            case _:
                raise Unknown(f"{name}: {text_of(node)[:60]}")

    def fields(self, node: Node, path: str, depth: int = 0) -> dict[str, tuple[Node, str]]:
        """The required fields of an object type: name to type and the file it stands in."""
        if depth > _DEEPEST:
            raise Unknown("nested too deeply")
        found: dict[str, tuple[Node, str]] = {}
        match node.type:
            case "type_annotation" | "parenthesized_type" | "intersection_type":
                for child in node.named_children:
                    found |= self.fields(child, path, depth + 1)
            case "object_type" | "interface_body":
                found |= {name: (kind, path) for name, kind in _signatures(node)}
            case "type_identifier" | "nested_type_identifier":
                found |= self._named_fields(node, path, depth)
            case "generic_type":
                found |= self._generic_fields(node, path, depth)
            case _:
                raise Unknown(text_of(node)[:60])
        return found

    def _named_fields(self, node: Node, path: str, depth: int) -> dict[str, tuple[Node, str]]:
        """The fields of a type by its name; props of a library's component are optional, all but few."""
        name = text_of(node)
        declared = self.sources.declaration(path, name)
        if declared is not None:
            return self._declared_fields(declared[1], declared[0], depth)
        if name.rsplit(".", 1)[-1] == "PropsWithChildren" or _ALL_OPTIONAL.search(name):
            return {}
        if depth > 0 and _OF_A_LIBRARY.search(name):
            return {}
        raise Unknown(f"type {name} is declared outside the project")

    def _generic_fields(self, node: Node, path: str, depth: int) -> dict[str, tuple[Node, str]]:
        """The fields of Readonly<T>, Pick<T, K>, Omit<T, K> and of React's own types, which ask for none."""
        short = text_of(node.named_children[0]).rsplit(".", 1)[-1]
        if _ALL_OPTIONAL.search(short) or _OF_TAG.search(text_of(node)):
            return {}
        arguments = node.named_children[1].named_children
        if short not in {*_SAME, "Pick", "Omit"}:
            raise Unknown(text_of(node)[:60])
        found = self.fields(arguments[0], path, depth + 1)
        if short in _SAME:
            return found
        named = {text_of(literal).strip("\"'") for literal in find_all(arguments[1], "string")}
        return {name: kind for name, kind in found.items() if (name in named) is (short == "Pick")}

    def _declared_fields(self, declared: Node, path: str, depth: int) -> dict[str, tuple[Node, str]]:
        if declared.child_by_field_name("type_parameters"):
            raise Unknown(f"type {text_of(declared)[:40]} is generic")
        if declared.type == "type_alias_declaration":
            value = declared.child_by_field_name("value")
            return self.fields(value, path, depth + 1) if value else {}
        found: dict[str, tuple[Node, str]] = {}
        for child in declared.named_children:
            if child.type == "extends_type_clause":
                for parent in child.named_children:
                    found |= self.fields(parent, path, depth + 1)
        body = declared.child_by_field_name("body")
        return found | (self.fields(body, path, depth + 1) if body else {})

    def _object(self, fields: dict[str, tuple[Node, str]], depth: int) -> str:
        parts = []
        for name, (kind, path) in fields.items():
            value = self.hints.get(name) if self._fits(name, kind) else None
            key = name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else f'"{name}"'
            parts.append(f"{key}: {value or self.of(kind, path, name, depth + 1)}")
        return "{ " + ", ".join(parts) + " }" if parts else "{}"

    def _fits(self, name: str, kind: Node) -> bool:
        """A hint is used where the declared type can hold it: nothing with members of its own but records."""
        return name in self.hints and kind.type == "type_annotation" and "=>" not in text_of(kind)

    def _plain(self, kind: str, name: str) -> str:
        if kind == "boolean" and _HINDERING.match(name):
            return "false"
        if kind == "string":
            return f'"{text_named(name)}"'
        if kind in _PLAIN:
            return _PLAIN[kind]
        raise Unknown(f"{name}: {kind}")

    def _union(self, node: Node, path: str, name: str, depth: int) -> str:
        choices = [child for child in node.named_children if text_of(child) not in _EMPTY]
        problems = list[str]()
        for choice in choices:
            try:
                return self.of(choice, path, name, depth + 1)
            except Unknown as unknown:
                problems.append(str(unknown))
        raise Unknown("; ".join(problems) or name)

    def _reference(self, node: Node, path: str, name: str, depth: int) -> str:
        head = node.named_children[0] if node.type == "generic_type" else node
        short = text_of(head).rsplit(".", 1)[-1]
        if short in {"Array", "ReadonlyArray"}:
            return f"[{self.of(node.named_children[1].named_children[0], path, name, depth + 1)}]"
        if short in _SAME:
            return self.of(node.named_children[1].named_children[0], path, name, depth + 1)
        if short == "Promise":
            return (
                f"Promise.resolve({self.of(node.named_children[1].named_children[0], path, name, depth + 1)})"
            )
        if short in {"Pick", "Omit"}:
            return self._object(self._generic_fields(node, path, depth), depth)
        if short in _NAMED:
            return _NAMED[short]
        declared = self.sources.declaration(path, short)
        if declared is None or node.type == "generic_type":
            raise Unknown(f"{name}: type {text_of(node)[:60]} is not the project's own")
        where, declaration = declared
        if declaration.type == "enum_declaration":
            return _member_of(declaration, name)
        if declaration.type == "type_alias_declaration":
            value = declaration.child_by_field_name("value")
            if value is not None:
                return self.of(value, where, name, depth + 1)
        return self._object(self._declared_fields(declaration, where, depth + 1), depth + 1)

    def _key(self, node: Node, path: str, name: str, depth: int) -> str:
        """`keyof T`: the first field of a type, or of the constant that `typeof` names."""
        if node.type == "type_query":
            constant = self.sources.constant(path, text_of(node.named_children[0]))
            keys = [text_of(k) for k in find_all(constant, "property_identifier")] if constant else []
        else:
            keys = list(self.fields(node, path, depth + 1))
        if not keys:
            raise Unknown(f"{name}: keyof {text_of(node)[:50]}")
        return f'"{keys[0]}"'

    def _member(self, node: Node, path: str, name: str, depth: int) -> str:
        """`T["field"]`, and `(typeof LIST)[number]`."""
        of, index = node.named_children
        while of.type == "parenthesized_type":
            of = of.named_children[0]
        if of.type == "type_query":
            constant = self.sources.constant(path, text_of(of.named_children[0]))
            literals = list(find_all(constant, "string", "number")) if constant else []
            if literals and text_of(index) == "number":
                return text_of(literals[0])
            raise Unknown(f"{name}: {text_of(node)[:60]}")
        found = self.fields(of, path, depth + 1).get(text_of(index).strip("\"'"))
        if found is None:
            raise Unknown(f"{name}: {text_of(node)[:60]}")
        return self.of(found[0], found[1], name, depth + 1)


def _member_of(enumeration: Node, name: str) -> str:
    """The first value of an enum: a test that has no import of it hands over what is there at run time."""
    body = enumeration.child_by_field_name("body")
    first = body.named_children[0] if body and body.named_children else None
    if first is None:
        raise Unknown(f"{name}: an enum without members")
    value = first.child_by_field_name("value")
    return "0" if value is None else f"{text_of(value)} as never"


def _signatures(body: Node) -> list[tuple[str, Node]]:
    found = []
    for child in body.named_children:
        if child.type not in {"property_signature", "method_signature"} or any(
            c.type == "?" for c in child.children
        ):
            continue
        name = child.child_by_field_name("name")
        kind = child if child.type == "method_signature" else child.child_by_field_name("type")
        if name is not None and kind is not None:
            found.append((text_of(name).strip("\"'"), kind))
    return found


def text_named(name: str) -> str:
    """A text that fits a field's name: a link for an address, otherwise words a reader can find."""
    lowered = name.lower()
    if lowered.endswith(("href", "url", "src", "next", "path", "link", "to")):
        return "/sample"
    if "email" in lowered:
        return "sample@example.test"
    if "date" in lowered or lowered.endswith("at"):
        return "2030-01-01"
    return f"sample {name}"
