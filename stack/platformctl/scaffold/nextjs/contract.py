"""The OpenAPI document: read from JSON or YAML, and its schemas and operations as TypeScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import yaml

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.jsonc import JsonValue

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_HEAD: Final = """\
// Generated from {source}: its schemas and operations as types. Do not edit: a re-run follows the contract.
"""
_NAMES: Final = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}
_ANYTHING: Final = "Record<number, unknown>"

Json: TypeAlias = Mapping[str, JsonValue]


def read_document(text: str, where: str) -> dict[str, JsonValue]:
    """The document; raises PlatformError when it is none."""
    try:
        # YAML's dates are plain texts in JSON.
        document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise PlatformError(f"The OpenAPI document cannot be read: {error}", where=where) from None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise PlatformError("The OpenAPI document has no paths", where=where)
    return document


def types_text(document: Json, source: str) -> str:
    """api.ts: one type for each schema, and one entry for each operation."""
    schemas = _at(document, "components", "schemas")
    parts = [_HEAD.format(source=source)]
    parts += [_declaration(_identifier(name), schema) for name, schema in schemas.items()]
    operations = "".join(_operation(document, *found) for found in _operations(document))
    declared = (
        f"interface Operations {{\n{operations}}}"
        if operations
        else "type Operations = Record<never, never>;"
    )
    parts.append(
        "/** Each operation: its path parameters, what it takes, and what it answers with by status. */\n"
        f"export {declared}\n"
    )
    return "\n".join(parts)


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in _at(document, "paths").items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield method.upper(), path, operation


def _operation(document: Json, method: str, path: str, operation: Json) -> str:
    params = "; ".join(f"{_key(name)}: string" for name in re.findall(r"\{([^}]+)\}", path))
    body = _content(document, operation.get("requestBody"))
    answers = {code: _content(document, answer) for code, answer in _at(operation, "responses").items()}
    known = "; ".join(f"{code}: {kind or 'null'}" for code, kind in answers.items() if code.isdigit())
    lines = (
        f'  "{method} {path}": {{',
        f"    params: {_braced(params) or 'Record<string, never>'};",
        f"    body: {body or 'undefined'};",
        f"    answers: {_braced(known) or _ANYTHING};",
        "  };\n",
    )
    return "\n".join(lines)


def _braced(fields: str) -> str:
    return f"{{ {fields} }}" if fields else ""


def _content(document: Json, holder: JsonValue) -> str | None:
    """The type of the JSON that a request or an answer carries."""
    found = _resolved(document, holder)
    schema = _at(found, "content", "application/json").get("schema")
    return _type(schema) if isinstance(schema, dict) else None


def _resolved(document: Json, value: JsonValue) -> Json:
    for _ in range(10):
        ref = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(ref, str):
            break
        value = dict(_at(document, *ref.removeprefix("#/").split("/")))
    return value if isinstance(value, dict) else {}


def _declaration(name: str, schema: JsonValue) -> str:
    if isinstance(schema, dict) and _is_plain_object(schema):
        fields = "".join(f"  {field};\n" for field in _fields(schema))
        return f"export interface {name} {{\n{fields}}}\n"
    return f"export type {name} = {_type(schema)};\n"


def _is_plain_object(schema: Json) -> bool:
    composed = {"allOf", "oneOf", "anyOf", "enum", "const", "$ref"} & set(schema)
    return not composed and isinstance(schema.get("properties"), dict) and not _nullable(schema)


def _type(schema: JsonValue) -> str:
    """The TypeScript of a schema."""
    if not isinstance(schema, dict):
        return "unknown"
    kind = _bare_type(schema)
    return f"{kind} | null" if _nullable(schema) and "null" not in kind else kind


def _bare_type(schema: Json) -> str:
    ref, choices = schema.get("$ref"), schema.get("enum")
    if isinstance(ref, str):
        return _identifier(ref.rsplit("/", 1)[-1])
    if "const" in schema:
        return json.dumps(schema["const"])
    if isinstance(choices, list):
        return " | ".join(json.dumps(choice) for choice in choices)
    for composed, between in (("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")):
        parts = schema.get(composed)
        if isinstance(parts, list):
            return f"({between.join(_type(part) for part in parts)})"
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return " | ".join(_type({**schema, "type": kind}) for kind in kinds)
    if kinds == "array":
        item = _type(schema.get("items"))
        return f"({item})[]" if " " in item and not item.startswith(("(", "{")) else f"{item}[]"
    if kinds == "object" or "properties" in schema:
        return _object(schema)
    return _NAMES.get(str(kinds), "unknown")


def _object(schema: Json) -> str:
    fields = _fields(schema)
    more = schema.get("additionalProperties")
    if fields:
        return "{ " + "; ".join(fields) + " }"
    return f"Record<string, {_type(more) if isinstance(more, dict) else 'unknown'}>"


def _fields(schema: Json) -> list[str]:
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return [
        f"{_key(name)}{'' if name in needed else '?'}: {_type(kind)}"
        for name, kind in _at(schema, "properties").items()
    ]


def _nullable(schema: Json) -> bool:
    return schema.get("nullable") is True


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name)


def _identifier(name: str) -> str:
    words = [word for word in re.split(r"\W+", name) if word]
    joined = "".join(word[:1].upper() + word[1:] for word in words) or "Unnamed"
    return f"_{joined}" if joined[:1].isdigit() else joined


def _at(holder: Json, *keys: str) -> Json:
    found: JsonValue = dict(holder)
    for key in keys:
        found = found.get(key.replace("~1", "/")) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
