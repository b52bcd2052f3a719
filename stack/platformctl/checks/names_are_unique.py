"""No two alerts share a name, and no two recording rules a name and labels."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def names_are_unique(platform: Platform) -> Iterator[Problem]:
    """One problem for each second definition, whatever area it stands in."""
    for name, areas in _doubles(_alerts(platform)):
        yield _problem(f"the alert {name} is defined in {areas}", platform.origin("alert", name))
    for name, areas in _doubles(_recordings(platform)):
        plain = name.partition("{")[0]
        what = f"the recording rule {name} is defined in {areas}"
        yield _problem(what, platform.origin("recording rule", plain))


def _alerts(platform: Platform) -> Iterator[tuple[str, str]]:
    for area in (*platform.areas, *platform.log_areas):
        yield from ((alert.name, area.name) for alert in area.alerts)


def _recordings(platform: Platform) -> Iterator[tuple[str, str]]:
    for area in (*platform.areas, *platform.log_areas):
        for rule in area.recording_rules:
            labels = ", ".join(f'{key}="{value}"' for key, value in sorted(rule.labels.items()))
            yield (f"{rule.name}{{{labels}}}" if labels else rule.name), area.name


def _doubles(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each name that comes more than once, with the areas it comes in."""
    areas: dict[str, list[str]] = {}
    for name, area in pairs:
        areas.setdefault(name, []).append(area)
    for name, found in areas.items():
        if len(found) > 1:
            yield name, " and in ".join(found)


def _problem(what: str, where: str) -> Problem:
    return Problem(check="names_are_unique", what=what, where=where, fix="rename one of them")
