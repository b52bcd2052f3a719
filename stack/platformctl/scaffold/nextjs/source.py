"""Read TypeScript of the project: parsed files, imports and barrels followed inside the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.workspace import entries

_ENDINGS: Final = ("", ".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js")
_DECLARED: Final = ("interface_declaration", "type_alias_declaration", "enum_declaration")
_MOST_FILES: Final = 400


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A path mapping of tsconfig: what an import begins with, and the folder it means."""

    prefix: str
    target: str
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported name: what it is called here, the module, and what it is called there."""

    name: str
    module: str
    original: str


@dataclass
class Sources:
    """The project's TypeScript, parsed once per file."""

    view: OwnersView
    aliases: tuple[Alias, ...] = ()
    module_paths: tuple[str, ...] = ()  # folders that imports are looked up in: tsconfig's baseUrl
    neighbours: Mapping[str, str] = field(default_factory=dict)  # package of the workspace to its folder
    _parsed: dict[str, Node | None] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _resolved: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _imports: dict[str, list[Import]] = field(default_factory=dict)

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
        key = (posixpath.dirname(importer) if module.startswith(".") else "", module)
        if key not in self._resolved:
            self._resolved[key] = self._find(importer, module)
        return self._resolved[key]

    def _find(self, importer: str, module: str) -> str | None:
        for base in self._bases(importer, module):
            for ending in _ENDINGS:
                if posixpath.splitext(base + ending)[1] and (self.view.root / (base + ending)).is_file():
                    return base + ending
        return None

    def imports(self, path: str) -> list[Import]:
        """Every name that a file imports; a bare import has the name ''."""
        if path not in self._imports:
            self._imports[path] = list(self._read_imports(path))
        return self._imports[path]

    def _read_imports(self, path: str) -> Iterator[Import]:
        root = self.root(path)
        for statement in root.named_children if root else ():
            source = statement.child_by_field_name("source") if statement.type == "import_statement" else None
            if source is None:
                continue
            module = text_of(source).strip("\"'")
            found = [
                Import(
                    name=text_of(one.named_children[-1]),
                    module=module,
                    original=text_of(one.named_children[0]),
                )
                for one in find_all(statement, "import_specifier")
            ]
            clause = next((node for node in statement.named_children if node.type == "import_clause"), None)
            for node in clause.named_children if clause else ():
                if node.type == "identifier":
                    found.append(Import(name=text_of(node), module=module, original="default"))
            yield from found or [Import(name="", module=module, original="")]

    def reexports(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        """(file, name there) of where a file may have a name from that it passes on."""
        root = self.root(path)
        for statement in root.named_children if root else ():
            source = statement.child_by_field_name("source") if statement.type == "export_statement" else None
            target = self.resolve(path, text_of(source).strip("\"'")) if source else None
            if target is None:
                continue
            specifiers = list(find_all(statement, "export_specifier"))
            if not specifiers:  # export * from
                yield target, name
            for one in specifiers:
                if text_of(one.named_children[-1]) == name:
                    yield target, text_of(one.named_children[0])

    def reachable(self, path: str, *, limit: int = 60) -> list[str]:
        """The file and all files of the project that it imports, directly or not."""
        found = [path]
        for current in found:
            for one in self.imports(current):
                target = self.resolve(current, one.module)
                if target and target not in found and len(found) < limit:
                    found.append(target)
        return found

    def declaration(self, path: str, name: str) -> tuple[str, Node] | None:
        """Where a type is declared: in the file, where the file imports it from, behind barrels."""
        pending, seen = [(path, name)], set[tuple[str, str]]()
        while pending and len(seen) < _MOST_FILES:
            place = pending.pop(0)
            if place in seen:
                continue
            seen.add(place)
            for node in self._declarations(place[0]):
                named = node.child_by_field_name("name")
                if named and text_of(named) == place[1]:
                    return place[0], node
            pending += self._origins(*place)
        return None

    def _origins(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        for one in self.imports(path):
            target = self.resolve(path, one.module) if one.name == name else None
            if target is not None:
                yield target, one.original
        yield from self.reexports(path, name)

    def _declarations(self, path: str) -> Iterator[Node]:
        root = self.root(path)
        for node in root.named_children if root else ():
            inner = (
                node.named_children[0] if node.type == "export_statement" and node.named_children else node
            )
            if inner.type in _DECLARED:
                yield inner

    def constant(self, path: str, name: str) -> Node | None:
        """The value of a constant of the file, or of the file that it is imported from."""
        root = self.root(path)
        for declarator in find_all(root, "variable_declarator") if root else ():
            named = declarator.child_by_field_name("name")
            if named and text_of(named) == name:
                return declarator.child_by_field_name("value")
        origins = (place for place in self._origins(path, name) if place[0] != path)
        found = (self.constant(*place) for place in origins)
        return next((value for value in found if value is not None), None)

    def _bases(self, importer: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(importer), module))
            return
        for alias in self.aliases:
            if alias.exact and module == alias.prefix:
                yield alias.target
            elif not alias.exact and module.startswith(alias.prefix):
                yield posixpath.normpath(posixpath.join(alias.target, module[len(alias.prefix) :]))
        for folder in self.module_paths:
            yield posixpath.normpath(posixpath.join(folder, module))
        for name, folder in self.neighbours.items():
            if module == name or module.startswith(f"{name}/"):
                yield from entries(self.view.root, folder, module[len(name) + 1 :])


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


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_typescript.language_tsx()))
