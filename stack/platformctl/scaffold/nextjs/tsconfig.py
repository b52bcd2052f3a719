"""tsconfig.json with what it extends: aliases, folders that imports are looked up in, exclusions."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from platformctl.scaffold.lay import jsonc
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.source import Alias

_MOST: Final = 12


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """One file of the chain, and the folder that its paths start from."""

    folder: str
    document: Mapping[str, JsonValue]

    @property
    def options(self) -> Mapping[str, JsonValue]:
        found = self.document.get("compilerOptions")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True)
class TsConfig:
    """What the application's TypeScript configuration comes to."""

    aliases: tuple[Alias, ...]
    module_paths: tuple[str, ...]
    exclude: tuple[str, ...] | None


def read_tsconfig(view: OwnersView) -> TsConfig:
    """Follow `extends` (one or many, files and packages); the nearest setting wins."""
    layers = list(_layers(view))
    base = next(
        (
            _join(layer.folder, text)
            for layer in layers
            if isinstance(text := layer.options.get("baseUrl"), str)
        ),
        None,
    )
    paths, holder = next(
        ((found, layer.folder) for layer in layers if isinstance(found := layer.options.get("paths"), dict)),
        ({}, ""),
    )
    exclude = next(
        (
            tuple(_join(layer.folder, str(item)) for item in found)
            for layer in layers
            if isinstance(found := layer.document.get("exclude"), list)
        ),
        None,
    )
    start = base if base is not None else holder
    return TsConfig(
        aliases=tuple(
            alias for key in sorted(paths, key=_precedence) for alias in _alias(key, paths[key], start)
        ),
        module_paths=(base,) if base is not None else (),
        exclude=exclude,
    )


def _layers(view: OwnersView) -> Iterator[_Layer]:
    """The file itself first, then what it extends; of several parents the last one weighs most."""
    pending, seen = ["tsconfig.json"], set[str]()
    while pending and len(seen) < _MOST:
        path = pending.pop(0)
        text = view.read(path)
        if text is None or path in seen:
            continue
        seen.add(path)
        document = jsonc.parse(text, where=path).value
        if not isinstance(document, dict):
            continue
        folder = posixpath.dirname(path)
        yield _Layer(folder=folder, document=document)
        parents = document.get("extends")
        named = parents if isinstance(parents, list) else [parents]
        found = [place for name in reversed(named) if (place := _parent(view, folder, name)) is not None]
        pending = found + pending


def _parent(view: OwnersView, folder: str, name: JsonValue) -> str | None:
    """The file that `extends` means."""
    if not isinstance(name, str):
        return None
    endings = ("", ".json", "/tsconfig.json")
    if name.startswith("."):
        bases = [_join(folder, name)]
    else:
        bases = [posixpath.join(up, "node_modules", name) for up in ("", "..", "../..", "../../..")]
    places = (base + ending for base in bases for ending in endings)
    return next((place for place in places if view.read(place) is not None), None)


def _precedence(key: str) -> tuple[bool, int]:
    """TypeScript takes an exact name before a pattern, and the pattern with the longest beginning."""
    return key.endswith("*"), -len(key)


def _alias(key: str, targets: JsonValue, base: str) -> Iterator[Alias]:
    """One for each place that is looked into, in their order."""
    for target in targets if isinstance(targets, list) else ():
        if isinstance(target, str):
            folder = _join(base, target.removesuffix("*"))
            yield Alias(prefix=key.removesuffix("*"), target=folder, exact=not key.endswith("*"))


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path.replace("${configDir}", ".")))
