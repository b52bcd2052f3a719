"""Grafana's published JSON Schemas, relaxed where they are stricter than Grafana itself.

The schemas are generated from Go and CUE: they call fields required that Grafana fills in, write
"object" where they mean "anything", and "oneOf" where alternatives overlap.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from jsonschema import Draft7Validator


def problems(dashboard: dict[str, object], folder: Path) -> Iterator[str]:
    """What the schemas have against the dashboard, its panels' options, their fields and targets."""
    yield from _errors(folder, "dashboard", "Dashboard", dashboard, "dashboard")
    for panel in panels(dashboard):
        name = f"panel {panel['title']!r}"
        definition = "RowPanel" if panel["type"] == "row" else "Panel"
        yield from _errors(folder, "dashboard", definition, panel, name)
        if definition == "Panel":
            yield from _panel_problems(panel, folder, name)


def panels(dashboard: dict) -> Iterator[dict]:
    """All panels, those in collapsed rows included."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", ())


def _panel_problems(panel: dict, folder: Path, name: str) -> Iterator[str]:
    kind = panel["type"].replace("-", "")
    yield from _errors(folder, kind, "Options", panel["options"], f"options of {name}")
    custom = panel["fieldConfig"]["defaults"].get("custom")
    if custom and "FieldConfig" in _definitions(folder, kind):
        yield from _errors(folder, kind, "FieldConfig", custom, f"custom fields of {name}")
    for target in panel.get("targets", ()):
        source = target["datasource"]["type"]
        definition = {"prometheus": "Dataquery", "loki": "dataquery"}[source]
        yield from _errors(folder, source, definition, target, f"target of {name}")


def _errors(folder: Path, file: str, definition: str, value: object, name: str) -> Iterator[str]:
    definitions = _definitions(folder, file)
    schema = {"$ref": f"#/definitions/{definition}", "definitions": definitions}
    for error in Draft7Validator(_relax(schema)).iter_errors(value):
        yield f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def _definitions(folder: Path, file: str) -> dict:
    return json.loads((folder / f"{file}.jsonschema.json").read_text())["definitions"]


def _relax(schema: object) -> object:
    if isinstance(schema, list):
        return [_relax(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "object" and not schema.get("properties"):
        return {}
    return {
        "anyOf" if key == "oneOf" else key: _relax(value)
        for key, value in schema.items()
        if not (key == "required" and isinstance(value, list))
    }
