"""Prometheus' text format 0.0.4."""

from __future__ import annotations

from typing import Final

from platform_telemetry.spec import MetricSpec, MetricType

_EXPOSED_TYPE: Final = {MetricType.INFO: "gauge"}


def header(spec: MetricSpec) -> str:
    """The two lines above a family's samples."""
    kind = _EXPOSED_TYPE.get(spec.type, spec.type)
    return f"# HELP {spec.name} {_escaped_help(spec.help)}\n# TYPE {spec.name} {kind}\n"


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
