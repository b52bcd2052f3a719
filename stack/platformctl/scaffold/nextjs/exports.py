"""What a file exports: its names, and the functions and classes behind them, wrappers looked through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node

from platformctl.scaffold.nextjs.source import Sources, find_all, text_of

_FUNCTIONS: Final = frozenset({"arrow_function", "function_expression", "function_declaration"})
_CLASSES: Final = frozenset({"class_declaration", "class"})
_COMPONENT_CLASS: Final = re.compile(r"(?:React\.)?(?:Pure)?Component")
_DEFAULT: Final = "default"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An exported function or class: its name, whether it is the default export, its node and its file."""

    name: str
    default: bool
    node: Node
    path: str
    declared: Node | None = None  # the props that FC<Props>, memo<Props> or Component<Props> names
    wrapped: bool = False  # whether another function was given it, and made what is exported

    @property
    def parameters(self) -> list[Node]:
        """Its parameters."""
        found = self.node.child_by_field_name("parameters")
        if found is None:  # x => ...
            single = self.node.child_by_field_name("parameter")
            return [single] if single else []
        return [node for node in found.named_children if node.type != "comment"]

    @property
    def props_type(self) -> Node | None:
        """The type of its first parameter, wherever it was declared."""
        own = self.parameters[0].child_by_field_name("type") if self.parameters else None
        return own or self.declared

    @property
    def is_async(self) -> bool:
        """Whether it was declared async."""
        return any(child.type == "async" for child in self.node.children)

    @property
    def text(self) -> str:
        """Its source."""
        return text_of(self.node)


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A function or class, and the type of its props as a wrapper or an annotation names it."""

    node: Node
    declared: Node | None
    wrapped: bool = False
    name: str | None = None


def exported(sources: Sources, path: str) -> Iterator[Exported]:
    """The functions and component classes that a file exports, in the order in which they are declared."""
    root = sources.root(path)
    if root is None:
        return
    held = dict(_declarations(root))
    named = {local: name for name, local in _exports(root) if local in held}
    for local, thing in held.items():
        if local in named:
            default = named[local] == _DEFAULT
            name = local if default else named[local]
            yield _exported(thing, name, path, default=default)
    for value in _default_values(root):
        inner = _held(value, held)
        # What is exported bare, too, is tested bare.
        if inner is not None and inner.name not in named:
            name = inner.name or _name_from(path)
            yield _exported(inner, name, path, default=True)


def _exported(thing: _Held, name: str, path: str, *, default: bool) -> Exported:
    return Exported(
        name=name,
        default=default,
        node=thing.node,
        path=path,
        declared=thing.declared,
        wrapped=thing.wrapped,
    )


def exported_names(sources: Sources, path: str) -> frozenset[str]:
    """The names under which a file exports anything; `default` for its default export."""
    root = sources.root(path)
    if root is None:
        return frozenset()
    return frozenset(name for name, _ in _exports(root)) | {_DEFAULT for _ in _default_values(root)}


def _statements(root: Node) -> Iterator[Node]:
    return (node for node in root.named_children if node.type == "export_statement")


def _exports(root: Node) -> Iterator[tuple[str, str]]:
    """(exported name, local name) of everything that has a name of its own in the file."""
    for statement in _statements(root):
        default = any(child.type == _DEFAULT for child in statement.children)
        clauses = (child for child in statement.named_children if child.type == "export_clause")
        for specifier in (one for clause in clauses for one in clause.named_children):
            name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
            if name is not None:
                yield text_of(alias or name), text_of(name)
        declaration = statement.child_by_field_name("declaration")
        for local in _names(declaration) if declaration else ():
            yield _DEFAULT if default else local, local
        value = statement.child_by_field_name("value")
        if default and value is not None and value.type == "identifier":
            yield _DEFAULT, text_of(value)


def _names(declaration: Node) -> Iterator[str]:
    own = declaration.child_by_field_name("name")
    if own is not None:
        yield text_of(own)
    for declarator in declaration.named_children if declaration.type == "lexical_declaration" else ():
        pattern = declarator.child_by_field_name("name")
        if pattern is None:
            continue
        # export const { GET, POST } = handlers
        names = find_all(pattern, "identifier", "shorthand_property_identifier_pattern")
        yield from map(text_of, names)


def _default_values(root: Node) -> Iterator[Node]:
    """What stands behind `export default`, when it is no plain name: a function, or a call that wraps one."""
    for statement in _statements(root):
        if any(child.type == _DEFAULT for child in statement.children):
            value = statement.child_by_field_name("value")
            if value is not None and value.type != "identifier":
                yield value


def _declarations(root: Node) -> Iterator[tuple[str, _Held]]:
    known: dict[str, _Held] = {}
    for node in root.named_children:
        declaration = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        for name, thing in _of(declaration, known) if declaration else ():
            known[name] = thing
            yield name, thing


def _of(declaration: Node, known: Mapping[str, _Held]) -> Iterator[tuple[str, _Held]]:
    if declaration.type in {"function_declaration", "class_declaration"}:
        thing = _held(declaration, known)
        if thing is not None:
            yield _name_of(declaration) or "", thing
    for declarator in declaration.named_children if declaration.type == "lexical_declaration" else ():
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        thing = _held(value, known) if value else None
        if name is not None and thing is not None:
            annotated = _annotated(declarator.child_by_field_name("type"))
            yield text_of(name), replace(thing, declared=thing.declared or annotated)


def _held(value: Node, known: Mapping[str, _Held]) -> _Held | None:
    """The function or class that a value is, through memo(...), forwardRef(...), connect(...)(...)."""
    declared = None
    current: Node | None = value
    while current is not None and current.type == "call_expression":
        arguments = current.child_by_field_name("type_arguments")
        declared = declared or (arguments.named_children[-1] if arguments else None)
        given = current.child_by_field_name("arguments")
        current = given.named_children[0] if given and given.named_children else None
    if current is None:
        return None
    if current.type == "identifier":
        inner = known.get(text_of(current))
        named = text_of(current)
        return (
            replace(inner, declared=declared or inner.declared, wrapped=True, name=named) if inner else None
        )
    if current.type in _FUNCTIONS:
        return _Held(node=current, declared=declared, wrapped=current != value, name=_name_of(current))
    if current.type in _CLASSES:
        heritage = next(find_all(current, "extends_clause"), None)
        if heritage is not None and _COMPONENT_CLASS.match(text_of(heritage.named_children[0])):
            kinds = next((child for child in heritage.named_children if child.type == "type_arguments"), None)
            props = kinds.named_children[0] if kinds else None
            return _Held(node=current, declared=props, name=_name_of(current))
    return None


def _annotated(annotation: Node | None) -> Node | None:
    """The props of `const Thing: FC<Props>`."""
    kind = annotation.named_children[-1] if annotation and annotation.named_children else None
    if kind is None or kind.type != "generic_type":
        return None
    head, arguments = kind.named_children[:2]
    component = text_of(head).rsplit(".", 1)[-1] in {"FC", "FunctionComponent", "VFC"}
    return arguments.named_children[0] if component else None


def _name_of(node: Node) -> str | None:
    name = node.child_by_field_name("name")
    return text_of(name) if name else None


def _name_from(path: str) -> str:
    """The name that a default export without one goes by: that of its file, or of its folder."""
    place = PurePosixPath(path)
    stem = place.parent.name if place.stem == "index" else place.stem
    if stem.startswith("use"):
        return stem
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", stem))
