"""What a live Alertmanager says of alerts and silences (HTTP API v2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from platformctl.sources.documents import Json
from platformctl.sources.http import HttpServer


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceMatcher:
    """One condition of a silence, as ``job=~"api|web"``."""

    label: str
    value: str
    is_regex: bool
    is_equal: bool

    def accepts(self, value: str) -> bool:
        """Whether the label may have this value; regular expressions match the whole of it."""
        same = re.fullmatch(self.value, value) is not None if self.is_regex else self.value == value
        return same is self.is_equal

    def __str__(self) -> str:
        operator = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
        return f'{self.label}{operator[self.is_regex, self.is_equal]}"{self.value}"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """One silence; state is ``active``, ``pending`` (it begins later) or ``expired``.

    Times are as Alertmanager prints them.
    """

    id: str
    state: str
    matchers: tuple[SilenceMatcher, ...]
    comment: str
    created_by: str
    starts_at: str
    ends_at: str

    def may_silence(self, labels: Mapping[str, str]) -> bool:
        """Whether it silences an alert with these labels, of which others may not be known yet."""
        return all(m.label not in labels or m.accepts(labels[m.label]) for m in self.matchers)

    def silences(self, labels: Mapping[str, str]) -> bool:
        """Whether it silences an alert with exactly these labels."""
        return all(m.accepts(labels.get(m.label, "")) for m in self.matchers)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutedAlert:
    """One alert that Alertmanager holds; a quiet one is silenced or inhibited, and notifies nobody."""

    labels: dict[str, str]
    silenced: bool
    inhibited: bool


class AlertmanagerApi:
    """One Alertmanager by its ``host:port``. Every call raises `Unreachable` when it does not answer."""

    def __init__(self, address: str) -> None:
        self._server = HttpServer(address)

    def silences(self) -> tuple[Silence, ...]:
        """All silences that are open: active now, or to begin later."""
        found = (_silence(entry) for entry in _objects(self._server.get_json("/api/v2/silences")))
        return tuple(silence for silence in found if silence.state != "expired")

    def alerts(self) -> tuple[RoutedAlert, ...]:
        """All alerts that it holds."""
        return tuple(_alert(entry) for entry in _objects(self._server.get_json("/api/v2/alerts")))


def _silence(entry: dict[str, Json]) -> Silence:
    return Silence(
        id=str(entry["id"]),
        state=str(_object(entry["status"])["state"]),
        matchers=tuple(_matcher(matcher) for matcher in _objects(entry["matchers"])),
        comment=str(entry["comment"]),
        created_by=str(entry["createdBy"]),
        starts_at=str(entry["startsAt"]),
        ends_at=str(entry["endsAt"]),
    )


def _matcher(entry: dict[str, Json]) -> SilenceMatcher:
    return SilenceMatcher(
        label=str(entry["name"]),
        value=str(entry["value"]),
        is_regex=bool(entry["isRegex"]),
        is_equal=bool(entry.get("isEqual", True)),  # absent before Alertmanager 0.22
    )


def _alert(entry: dict[str, Json]) -> RoutedAlert:
    status = _object(entry["status"])
    return RoutedAlert(
        labels=cast(dict[str, str], entry["labels"]),
        silenced=bool(status["silencedBy"]),
        inhibited=bool(status["inhibitedBy"]),
    )


def _object(value: Json) -> dict[str, Json]:
    return cast(dict[str, Json], value)


def _objects(value: Json) -> list[dict[str, Json]]:
    return cast(list[dict[str, Json]], value)
