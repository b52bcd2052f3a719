"""PagerDuty's own OpenAPI document, which judges the bodies of requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Object = dict[str, Any]
DOCUMENTS = [p / "shared/schemas/pagerduty/rest-openapiv3.json" for p in Path(__file__).resolve().parents]


@cache
def document() -> Object:
    loaded: Object = json.loads(next(p for p in DOCUMENTS if p.is_file()).read_text())
    for parameter in objects(loaded):  # its one defect: a default that is no number
        if parameter.get("default") == "20 - incident_summary":
            del parameter["default"]
    return loaded


def objects(value: Any) -> Iterator[Object]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


@cache
def validator(template: str, method: str, status: int | None) -> Any:
    """What judges the body of a request (no status) or of an answer; None where the document says nothing."""
    from openapi_schema_validator import OAS30Validator  # the document calls `type` read-only and required
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    operation = document()["paths"][template][method]
    where = ["paths", template, method]
    if status is None:
        if "requestBody" not in operation:
            return None
        where += ["requestBody"]
        part = operation["requestBody"]
    else:
        part = operation["responses"][str(status)]
        where += ["responses", str(status)]
    if "$ref" in part:
        where = part["$ref"][2:].split("/")
        part = _at(where)
    if "application/json" not in part.get("content", {}):
        return None
    pointer = "/".join(_escaped(step) for step in [*where, "content", "application/json", "schema"])
    registry = Registry().with_resource("urn:pagerduty", Resource(contents=document(), specification=DRAFT4))
    return OAS30Validator({"$ref": f"urn:pagerduty#/{pointer}"}, registry=registry)


def _at(steps: list[str]) -> Object:
    found: Any = document()
    for step in steps:
        found = found[step]
    return found  # type: ignore[no-any-return]


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def template_of(path: str) -> str:
    """The path of the document that this one is of; a literal step goes before a parameter."""
    steps = path.strip("/").split("/")
    fitting = [t for t in document()["paths"] if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", t), path)]
    if not fitting:
        raise KeyError(f"PagerDuty has no {path}")
    return max(
        fitting, key=lambda t: sum(a == b for a, b in zip(t.strip("/").split("/"), steps, strict=True))
    )
