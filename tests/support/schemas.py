"""Documents held against the schemas that users are given."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

SCHEMAS = Path(__file__).parents[2] / "stack" / "platformctl" / "schemas"


def valid(name: str, document: object) -> object:
    """The document, which must be as `platformctl schema NAME` says."""
    _validator(name).validate(document)
    return document


@cache
def _validator(name: str) -> Draft7Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)
