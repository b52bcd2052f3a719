"""From what grafanalib writes (the schema of 2017) to what present Grafana reads (schema version 42).

grafanalib 0.7.1 emits keys that are long gone, nulls, and leaves out some that are now required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

SCHEMA_VERSION: Final = 42

_DASHBOARD_KEYS: Final = frozenset({
    "annotations", "description", "editable", "graphTooltip", "links", "panels", "refresh", "schemaVersion",
    "tags", "templating", "time", "timepicker", "timezone", "title", "uid",
})  # fmt: skip
_PANEL_KEYS: Final = frozenset({
    "datasource", "description", "fieldConfig", "gridPos", "id", "links", "options", "targets", "title",
    "transformations", "transparent", "type",
})  # fmt: skip
_ROW_KEYS: Final = frozenset({"collapsed", "gridPos", "id", "panels", "title", "type"})
_VARIABLE_KEYS: Final = frozenset({
    "allValue", "current", "datasource", "definition", "hide", "includeAll", "label", "multi", "name",
    "options", "query", "refresh", "regex", "sort", "type",
})  # fmt: skip
_PICKER_KEYS: Final = frozenset({"refresh_intervals"})


def present(dashboard: Mapping[str, Json]) -> dict[str, object]:
    """The dashboard with exactly the keys that the present schema knows."""
    tree = _keep(dashboard, _DASHBOARD_KEYS)
    tree["schemaVersion"] = SCHEMA_VERSION
    tree["panels"] = [_panel(panel) for panel in _dicts(dashboard["panels"])]
    tree["templating"] = {"list": [_variable(v) for v in _dicts(_dict(dashboard["templating"])["list"])]}
    tree["timepicker"] = _keep(_dict(dashboard["timepicker"]), _PICKER_KEYS)
    clean = _without_nulls(tree)
    return dict(_dict(clean))


def present_panel(panel: Mapping[str, Json]) -> dict[str, object]:
    """One panel with exactly the keys that the present schema knows."""
    return dict(_dict(_without_nulls(_panel(panel))))


def _panel(panel: Mapping[str, Json]) -> Json:
    if "raw" in panel:
        return panel["raw"]
    if panel["type"] == "row":
        row = _keep(panel, _ROW_KEYS)
        row["panels"] = [_panel(member) for member in _dicts(panel["panels"])]
        return row
    kept = _keep(panel, _PANEL_KEYS)
    config = dict(_dict(kept["fieldConfig"]))
    config.setdefault("overrides", [])
    kept["fieldConfig"] = config
    if not kept["targets"]:
        del kept["targets"], kept["datasource"]
    return kept


def _variable(variable: Mapping[str, Json]) -> Json:
    kept = _keep(variable, _VARIABLE_KEYS)
    current = _dict(variable["current"])
    kept["current"] = {"text": current["text"], "value": current["value"]} if current["value"] else {}
    if variable["type"] == "query":
        kept["definition"] = variable["query"]
    return kept


def _without_nulls(tree: Json) -> Json:
    """`tree` without nulls, but for the base of thresholds: there null stands for minus infinity."""
    if isinstance(tree, list):
        return [_without_nulls(item) for item in tree]
    if isinstance(tree, dict):
        threshold = tree.keys() == {"color", "value"}
        return {k: _without_nulls(v) for k, v in tree.items() if v is not None or threshold}
    return tree


def _keep(tree: Mapping[str, Json], keys: frozenset[str]) -> dict[str, Json]:
    return {key: value for key, value in tree.items() if key in keys}


def _dict(tree: Json) -> dict[str, Json]:
    if not isinstance(tree, dict):
        raise TypeError(f"grafanalib gave {type(tree).__name__} where an object belongs")
    return tree


def _dicts(tree: Json) -> list[dict[str, Json]]:
    if not isinstance(tree, list):
        raise TypeError(f"grafanalib gave {type(tree).__name__} where a list belongs")
    return [_dict(item) for item in tree]
