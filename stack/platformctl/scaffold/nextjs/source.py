"""Read TypeScript of the project: parsed files, imports and barrels followed inside the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.workspace import entries

_ENDINGS: Final = ("", ".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js")
_DECLARED: Final = ("interface_declaration", "type_alias_declaration", "enum_declaration")


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


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """What a file exports of another one: the file, and the names here to the names there; None for all of them."""

    file: str
    names: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Types:
    """The types of a file and of all that it passes on whole: where one is declared, or else may come from."""

    declared: Mapping[str, tuple[str, Node]]
    origins: Mapping[str, Sequence[tuple[str, str]]]


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
    _passed_on: dict[str, list[PassedOn]] = field(default_factory=dict)
    _types: dict[str, Types] = field(default_factory=dict)

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
        for one in self._reexports(path):
            there = name if one.names is None else one.names.get(name)
            if there is not None:
                yield one.file, there

    def _reexports(self, path: str) -> list[PassedOn]:
        if path not in self._passed_on:
            self._passed_on[path] = list(self._read_reexports(path))
        return self._passed_on[path]

    def _read_reexports(self, path: str) -> Iterator[PassedOn]:
        root = self.root(path)
        for statement in root.named_children if root else ():
            source = statement.child_by_field_name("source") if statement.type == "export_statement" else None
            target = self.resolve(path, text_of(source).strip("\"'")) if source else None
            if target is None:
                continue
            specifiers = [node.named_children for node in find_all(statement, "export_specifier")]
            names = {text_of(words[-1]): text_of(words[0]) for words in specifiers}
            yield PassedOn(file=target, names=names or None)

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
        pending = [(path, name)]
        for file, wanted in pending:
            types = self._types_of(file)
            if wanted in types.declared:
                return types.declared[wanted]
            pending += [place for place in types.origins.get(wanted, ()) if place not in pending]
        return None

    def _types_of(self, path: str) -> Types:
        """A barrel of many files is gone through once, not for each name that is looked for."""
        if path not in self._types:
            declared: dict[str, tuple[str, Node]] = {}
            origins: dict[str, list[tuple[str, str]]] = {}
            for file in self._passed_on_whole(path):
                for name, node in self._declarations(file):
                    declared.setdefault(name, (file, node))
                for name, place in self._named_origins(file):
                    origins.setdefault(name, []).append(place)
            self._types[path] = Types(declared=declared, origins=origins)
        return self._types[path]

    def _passed_on_whole(self, path: str) -> Iterable[str]:
        """The file, and those that it exports everything of, directly or not."""
        found = {path: None}
        pending = [path]
        for current in pending:
            new = [
                one.file for one in self._reexports(current) if one.names is None and one.file not in found
            ]
            found |= dict.fromkeys(new)
            pending += new
        return found

    def _named_origins(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """(name here, (file, name there)) of what a file imports or passes on by its name."""
        for one in self.imports(path):
            target = self.resolve(path, one.module)
            if target is not None:
                yield one.name, (target, one.original)
        for other in self._reexports(path):
            for here, there in (other.names or {}).items():
                yield here, (other.file, there)

    def _origins(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        for one in self.imports(path):
            target = self.resolve(path, one.module) if one.name == name else None
            if target is not None:
                yield target, one.original
        yield from self.reexports(path, name)

    def _declarations(self, path: str) -> Iterator[tuple[str, Node]]:
        root = self.root(path)
        for node in root.named_children if root else ():
            inner = (
                node.named_children[0] if node.type == "export_statement" and node.named_children else node
            )
            named = inner.child_by_field_name("name") if inner.type in _DECLARED else None
            if named is not None:
                yield text_of(named), inner

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
