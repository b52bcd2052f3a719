"""The contract as types: what TypeScript is made of an OpenAPI document, in JSON or in YAML."""

from __future__ import annotations

import pytest

from platformctl.errors import PlatformError
from platformctl.scaffold.nextjs.contract import read_document, types_text

YAML = """
openapi: 3.0.3
paths:
  /things/{thing-id}:
    put:
      requestBody: {$ref: '#/components/requestBodies/Thing'}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        '204': {description: nothing}
        default: {description: oh}
    trace: {}
  /open: {get: {}}
components:
  requestBodies:
    Thing: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  schemas:
    Thing:
      type: object
      required: [id, since, kind]
      properties:
        id: {type: string}
        since: {type: string, format: date, example: 2030-01-01}
        kind: {enum: [small, 3]}
        note: {type: string, nullable: true}
        old-name: {type: [integer, 'null']}
        parts: {type: array, items: {oneOf: [{type: string}, {type: number}]}}
        tags: {type: object, additionalProperties: {type: boolean}}
        size: {type: object, properties: {wide: {type: number}}, required: [wide]}
    api.error-list: {type: array, items: {$ref: '#/components/schemas/Both'}}
    Both: {allOf: [{$ref: '#/components/schemas/Thing'}, {const: x}]}
"""


def test_schemas_become_types() -> None:
    text = types_text(read_document(YAML, "api.yaml"), "api.yaml")
    for line in (
        "export interface Thing {",
        "  since: string;",
        '  kind: "small" | 3;',
        "  note?: string | null;",
        '  "old-name"?: number | null;',
        "  parts?: (string | number)[];",
        "  tags?: Record<string, boolean>;",
        "  size?: { wide: number };",
        "export type ApiErrorList = Both[];",
        'export type Both = (Thing & "x");',
    ):
        assert line in text.splitlines(), line


def test_operations_name_what_they_take_and_what_they_answer() -> None:
    text = types_text(read_document(YAML, "api.yaml"), "api.yaml")
    assert text.count('  "') == 3  # two operations, and the field with a dash
    assert (
        '  "PUT /things/{thing-id}": {\n'
        '    params: { "thing-id": string };\n'
        "    body: Thing;\n"
        "    answers: { 200: Thing; 204: null };\n"
    ) in text
    assert text.endswith("    body: undefined;\n    answers: Record<number, unknown>;\n  };\n}\n")


@pytest.mark.parametrize("text", ["[]", "paths: 3", "{ not: [yaml", "'just text'"])
def test_what_is_no_contract_is_refused(text: str) -> None:
    with pytest.raises(PlatformError, match="OpenAPI document"):
        read_document(text, "api.yaml")
