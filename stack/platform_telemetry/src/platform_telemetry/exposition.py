"""Prometheus' text format 0.0.4, and OpenMetrics, which can show a trace as the example of a bucket."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from platform_telemetry.spec import MetricSpec, MetricType


class Format(StrEnum):
    """A way to write metrics, by its content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


_EXPOSED_TYPE: Final = {MetricType.INFO: "gauge"}


def header(spec: MetricSpec, style: Format = Format.TEXT) -> str:
    """The two lines above a family's samples."""
    kind = _EXPOSED_TYPE.get(spec.type, spec.type)
    name, text = spec.name, _escaped_help(spec.help)
    if style is Format.OPENMETRICS:  # there a counter's family has no suffix, and quotes are escaped
        name, text = name.removesuffix("_total"), text.replace('"', r"\"")
    return f"# HELP {name} {text}\n# TYPE {name} {kind}\n"


def label_text(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """Names and values as the exposition writes them; nothing without names."""
    if not names:
        return ""
    pairs = (f'{name}="{_escaped_label(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}"


def _escaped_label(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _escaped_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def number(value: float) -> str:
    """A number, whole ones without a fraction."""
    return repr(float(value)).removesuffix(".0")
