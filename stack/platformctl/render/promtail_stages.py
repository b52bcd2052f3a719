"""Promtail's pipeline stages as Alloy's: a table of names, and the few that are shaped otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from platformctl.render.alloy_syntax import Block, Value

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Settings: TypeAlias = "dict[str, Json]"

# By Promtail's stage: the options that Alloy has by the same name.
_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "json": ("expressions", "source", "drop_malformed"),
    "regex": ("expression", "source"),
    "replace": ("expression", "source", "replace"),
    "template": ("source", "template"),
    "timestamp": ("source", "format", "fallback_formats", "location", "action_on_failure"),
    "output": ("source",),
    "drop": (
        "source",
        "expression",
        "value",
        "older_than",
        "longer_than",
        "drop_counter_reason",
        "separator",
    ),
    "multiline": ("firstline", "max_lines", "max_wait_time"),
    "tenant": ("source", "value", "label"),
    "limit": ("rate", "burst", "by_label_name", "drop", "max_distinct_labels"),
    "sampling": ("rate", "drop_counter_reason"),
    "pack": ("labels", "ingest_timestamp"),
    "eventlogmessage": ("source", "drop_invalid_labels", "overwrite_existing"),
    "geoip": ("db", "source", "db_type", "custom_lookups"),
    "logfmt": ("mapping", "source"),
    "docker": (),
    "decolorize": (),
    "cri": ("max_partial_lines", "max_partial_line_size", "max_partial_line_size_truncate"),
}
# A plain mapping, which lies in `values`.
_MAPPINGS: Final = frozenset({"labels", "static_labels", "structured_metadata"})
# A plain list (or one name), which lies in `values`, under another name.
_LISTS: Final = {"labeldrop": "label_drop", "labelallow": "label_keep"}
_METRICS: Final = {"counter": "metric.counter", "gauge": "metric.gauge", "histogram": "metric.histogram"}
_METRIC_OPTIONS: Final = ("description", "prefix", "source", "max_idle_duration")
_METRIC_CONFIG: Final = ("match_all", "action", "value", "count_entry_bytes", "buckets")
_MATCH: Final = ("selector", "pipeline_name", "action", "drop_counter_reason")


@dataclass(frozen=True, slots=True)
class Left:
    """What has no equivalent, or was left out, with what to do about it; appended to as it is found."""

    notes: list[str] = field(default_factory=list)

    def out(self, what: str, why: str) -> None:
        """Note one thing that the result lacks."""
        self.notes.append(f"{what}: {why}")


def stage_blocks(stages: Json, where: str, left: Left) -> Iterator[Block]:
    """The stages of a pipeline, in their order."""
    for index, stage in enumerate(cast("list[Json]", stages or []), start=1):
        named = cast(Settings, stage if isinstance(stage, dict) else {str(stage): None})
        for kind, settings in named.items():
            yield from _stage(kind, settings, f"{where}, stage {index} ({kind})", left)


def _stage(kind: str, settings: Json, where: str, left: Left) -> Iterator[Block]:
    if kind in _MAPPINGS:
        values = {name: _text(value) for name, value in mapping(settings).items()}
        yield Block(f"stage.{kind}", {"values": values})
    elif kind in _LISTS:
        names = settings if isinstance(settings, list) else [settings]
        yield Block(f"stage.{_LISTS[kind]}", {"values": [_text(name) for name in names]})
    elif kind == "match":
        yield _match(mapping(settings), where, left)
    elif kind == "metrics":
        metrics = tuple(_metrics(mapping(settings), where, left))
        yield Block("stage.metrics", {}, metrics)
    elif kind in _SAME:
        yield Block(f"stage.{kind}", arguments(mapping(settings), _SAME[kind], where, left))
    else:
        left.out(where, "Alloy has no such stage, or its shape is not known here")


def _match(settings: Settings, where: str, left: Left) -> Block:
    plain = {name: value for name, value in settings.items() if name != "stages"}
    inner = tuple(stage_blocks(settings.get("stages"), where, left))
    return Block("stage.match", arguments(plain, _MATCH, where, left), inner)


def _metrics(settings: Settings, where: str, left: Left) -> Iterator[Block]:
    for name, body in settings.items():
        metric = mapping(body)
        kind = str(metric.pop("type", "")).lower()
        config = mapping(metric.pop("config", None))
        if kind not in _METRICS:
            left.out(f"{where}, metric {name}", f"the type {kind!r} is none of {', '.join(_METRICS)}")
            continue
        own = arguments(metric, _METRIC_OPTIONS, f"{where}, metric {name}", left)
        how = arguments(config, _METRIC_CONFIG, f"{where}, metric {name}", left)
        yield Block(_METRICS[kind], {"name": name, **own, **how})


def arguments(
    settings: Settings, known: tuple[str, ...], where: str, left: Left, names: Mapping[str, str] | None = None
) -> dict[str, Value]:
    """The known options by Alloy's names; each other one is noted."""
    for option in sorted(settings.keys() - set(known)):
        left.out(f"{where}, option {option}", "not converted")
    called = names or {}
    return {
        called.get(name, name): _value(settings[name]) for name in known if settings.get(name) is not None
    }


def mapping(settings: Json) -> Settings:
    """A copy of the settings; empty where there are none."""
    return dict(settings) if isinstance(settings, dict) else {}


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _value(value: Json) -> Value:
    match value:
        case dict():
            return {name: _text(item) for name, item in value.items()}
        case list():
            return [_value(item) for item in value]
        case None:
            return ""
        case _:
            return value
