"""Read TypeScript of the project: parsed files, imports followed inside the project, exported functions."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from platformctl.scaffold.lay.project import OwnersView

_ENDINGS: Final = ("", ".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js")
_DECLARED: Final = ("interface_declaration", "type_alias_declaration")


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A path mapping of tsconfig: what an import begins with, and the folder it means."""

    prefix: str
    target: str
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An exported function: its name, whether it is the default export, its node and its file."""

    name: str
    default: bool
    node: Node
    path: str
    declared: Node | None = None  # what FC<Props>, forwardRef<Ref, Props> or memo<Props> names

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


@dataclass
class Sources:
    """The project's TypeScript, parsed once per file."""

    view: OwnersView
    aliases: tuple[Alias, ...] = ()
    _parsed: dict[str, Node | None] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _imports: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def root(self, path: str) -> Node | None:
        """The syntax tree of a file; None when it is missing."""
        if path not in self._parsed:
            text = self.view.read(path)
            self._parsed[path] = None if text is None else _parser().parse(text.encode()).root_node
        return self._parsed[path]

    def text(self, path: str) -> str:
        """A file's text; empty when it cannot be read."""
        if path not in self._texts:
            self._texts[path] = self.view.read(path) or ""
        return self._texts[path]

    def resolve(self, importer: str, module: str) -> str | None:
        """The project's file that an import means; None for a package."""
        for base in self._bases(importer, module):
            for ending in _ENDINGS:
                if posixpath.splitext(base + ending)[1] and (self.view.root / (base + ending)).is_file():
                    return base + ending
        return None

    def imports(self, path: str) -> list[tuple[str, str]]:
        """(local name, module) of every import of a file; a bare import has the name ''."""
        if path not in self._imports:
            self._imports[path] = list(self._read_imports(path))
        return self._imports[path]

    def _read_imports(self, path: str) -> Iterator[tuple[str, str]]:
        root = self.root(path)
        for statement in root.named_children if root else ():
            if statement.type != "import_statement":
                continue
            source = statement.child_by_field_name("source")
            module = text_of(source).strip("\"'") if source else ""
            names = [text_of(node.named_children[-1]) for node in _all(statement, "import_specifier")]
            clause = next((node for node in statement.named_children if node.type == "import_clause"), None)
            names += [text_of(n) for n in (clause.named_children if clause else ()) if n.type == "identifier"]
            yield from ((name, module) for name in names or [""])

    def reachable(self, path: str, *, limit: int = 60) -> list[str]:
        """The file and all files of the project that it imports, directly or not."""
        found = [path]
        for current in found:
            for _, module in self.imports(current):
                target = self.resolve(current, module)
                if target and target not in found and len(found) < limit:
                    found.append(target)
        return found

    def declaration(self, path: str, name: str) -> tuple[str, Node] | None:
        """Where a type is declared, in the file or where the file imports it from."""
        for _ in range(5):
            root = self.root(path)
            for node in root.named_children if root else ():
                declared = (
                    node.named_children[0]
                    if node.type == "export_statement" and node.named_children
                    else node
                )
                named = declared.child_by_field_name("name")
                if declared.type in _DECLARED and named and text_of(named) == name:
                    return path, declared
            module = next((module for local, module in self.imports(path) if local == name), None)
            target = self.resolve(path, module) if module else None
            if target is None:
                return None
            path = target
        return None

    def constant(self, path: str, name: str) -> Node | None:
        """The value of a constant of the file, or of the file that it is imported from."""
        root = self.root(path)
        for declarator in find_all(root, "variable_declarator") if root else ():
            named = declarator.child_by_field_name("name")
            if named and text_of(named) == name:
                return declarator.child_by_field_name("value")
        module = next((module for local, module in self.imports(path) if local == name), None)
        target = self.resolve(path, module) if module else None
        return self.constant(target, name) if target and target != path else None

    def exported(self, path: str) -> Iterator[Exported]:
        """The functions that a file exports, as declarations or as constants holding arrow functions."""
        root = self.root(path)
        if root is None:
            return
        statements = [node for node in root.named_children if node.type == "export_statement"]
        clauses = [n for node in statements for n in node.named_children if n.type == "export_clause"]
        exports = {text_of(name) for clause in clauses for name in clause.named_children}
        defaults = {text_of(n.named_children[-1]) for n in statements if _is_default(n) and n.named_children}
        for node in root.named_children:
            if node.type == "export_statement":
                inner = node.named_children[-1] if node.named_children else node
                for name, function, kind in _functions(inner):
                    yield Exported(
                        name=name, default=_is_default(node), node=function, path=path, declared=kind
                    )
                continue
            for name, function, kind in _functions(node):
                if name in exports or name in defaults:
                    yield Exported(
                        name=name, default=name in defaults, node=function, path=path, declared=kind
                    )

    def _bases(self, importer: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(importer), module))
            return
        for alias in self.aliases:
            if alias.exact and module == alias.prefix:
                yield alias.target
            elif not alias.exact and module.startswith(alias.prefix):
                yield posixpath.normpath(posixpath.join(alias.target, module[len(alias.prefix) :]))


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def find_all(node: Node, *kinds: str) -> Iterator[Node]:
    """All nodes of some kinds below a node, in the order of the text."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in kinds:
            yield current
        pending.extend(reversed(current.named_children))


_all = find_all


def _is_default(node: Node) -> bool:
    return any(child.type == "default" for child in node.children)


def _functions(node: Node) -> Iterator[tuple[str, Node, Node | None]]:
    """(name, function, type of its props as a wrapper or an annotation names it)."""
    if node.type == "function_declaration":
        name = node.child_by_field_name("name")
        yield (text_of(name) if name else "", node, None)
    if node.type != "lexical_declaration":
        return
    for declarator in node.named_children:
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        kind = _annotated(declarator.child_by_field_name("type"))
        while value is not None and value.type == "call_expression":  # memo(...), forwardRef(...)
            named = value.child_by_field_name("type_arguments")
            kind = named.named_children[-1] if named and named.named_children else kind
            arguments = value.child_by_field_name("arguments")
            value = arguments.named_children[0] if arguments and arguments.named_children else None
        if name is not None and value is not None and value.type in {"arrow_function", "function_expression"}:
            yield text_of(name), value, kind


def _annotated(annotation: Node | None) -> Node | None:
    """The props of `const Thing: FC<Props>`."""
    kind = annotation.named_children[-1] if annotation and annotation.named_children else None
    if kind is None or kind.type != "generic_type":
        return None
    head, arguments = kind.named_children[:2]
    component = text_of(head).rsplit(".", 1)[-1] in {"FC", "FunctionComponent", "VFC"}
    return arguments.named_children[0] if component else None


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_typescript.language_tsx()))
