"""YAML documents held against a JSON Schema; every error carries its line.

The common case is fast (the C parser and a compiled schema: 10,000 tenants in about half a second);
lines are only worked out for a document that is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, TypeAlias

import fastjsonschema
import yaml

from platformctl.errors import DefinitionError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
_MOST_SHOWN: Final = 10


class Loader(yaml.CSafeLoader):
    """YAML without surprises: no timestamps, and only true and false are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool"))]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def schema_names() -> tuple[str, ...]:
    """The names that `schema` knows."""
    folder = resources.files("platformctl") / "schemas"
    return tuple(sorted(file.name.removesuffix(".schema.json") for file in folder.iterdir()))


@cache
def schema(name: str) -> dict[str, Json]:
    """One of our own JSON Schemas, by its file's stem: ``tenants``."""
    text = (resources.files("platformctl") / "schemas" / f"{name}.schema.json").read_text()
    loaded: dict[str, Json] = json.loads(text)
    return loaded


def read(path: Path, *, schema_name: str, shown: str) -> dict[str, Json]:
    """The document at `path`; raises `DefinitionError` that names up to ten errors with their lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DefinitionError(
            f"cannot be read: {error.strerror}",
            where=shown,
            fix="platformctl init DIR lays a workspace with one",
        ) from error
    try:
        data = yaml.load(text, Loader)  # noqa: S506 - the loader is a safe one
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"not valid YAML: {error.problem}", where=f"{shown}:{line}") from error
    try:
        fastjsonschema.compile(schema(schema_name))(data)
    except fastjsonschema.JsonSchemaValueException:
        raise _explain(text, data, schema_name, shown) from None
    loaded: dict[str, Json] = data
    return loaded


def line_of(text: str, steps: Sequence[str | int]) -> int:
    """The line of the node that `steps` (keys and indexes from the root) lead to."""
    node = yaml.compose(text, Loader)
    line = node.start_mark.line + 1 if node else 1
    for step in steps:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def _explain(text: str, data: object, schema_name: str, shown: str) -> DefinitionError:
    messages = list(_messages(text, data, schema_name))
    more = len(messages) - _MOST_SHOWN
    lines = [f"{shown}:{line}: {message}" for line, message in messages[:_MOST_SHOWN]]
    if more > 0:
        lines.append(f"... and {more} more")
    first, *rest = lines
    return DefinitionError(
        "\n".join((first.removeprefix(f"{shown}:{messages[0][0]}: "), *rest)),
        where=f"{shown}:{messages[0][0]}",
        fix=f"the format is described in the schema: platformctl schema {schema_name}",
    )


def _messages(text: str, data: object, schema_name: str) -> Iterator[tuple[int, str]]:
    import jsonschema  # only a wrong document pays for it

    errors = jsonschema.Draft7Validator(schema(schema_name)).iter_errors(data)
    for error in sorted(errors, key=lambda e: [str(step) for step in e.absolute_path]):
        yield line_of(text, list(error.absolute_path)), error.message
