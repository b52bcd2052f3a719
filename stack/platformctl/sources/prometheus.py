"""What a live Prometheus says of itself (HTTP API v1, the same in 2.x and 3.x)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from platformctl.sources.documents import Json
from platformctl.sources.http import HttpServer, Unreachable


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One scrape target; health is ``up``, ``down`` or ``unknown`` (not scraped yet)."""

    job: str
    instance: str
    health: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedRule:
    """One loaded rule; health is ``ok``, ``err`` or ``unknown`` (not evaluated yet)."""

    group: str
    interval_s: float
    name: str
    expr: str
    health: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringAlert:
    """One alert instance that is pending or firing; `value` as Prometheus prints it."""

    name: str
    state: str
    labels: dict[str, str]
    summary: str
    value: str
    active_since: str


class PrometheusApi:
    """One Prometheus by its ``host:port``. Every call raises `Unreachable` when it does not answer."""

    def __init__(self, address: str) -> None:
        self._server = HttpServer(address)

    def version(self) -> str:
        """The server's version, as ``2.42.0+ds``."""
        return str(_data(self._server.get_json("/api/v1/status/buildinfo"))["version"])

    def targets(self) -> tuple[Target, ...]:
        """All active targets."""
        data = _data(self._server.get_json("/api/v1/targets", state="active"))
        return tuple(
            Target(
                job=_labels(entry)["job"],
                instance=_labels(entry)["instance"],
                health=str(entry["health"]),
                error=str(entry["lastError"]),
            )
            for entry in _objects(data["activeTargets"])
        )

    def rules(self) -> tuple[LoadedRule, ...]:
        """All loaded rules, group by group."""
        return tuple(self._rules())

    def _rules(self) -> Iterator[LoadedRule]:
        data = _data(self._server.get_json("/api/v1/rules"))
        for group in _objects(data["groups"]):
            for rule in _objects(group["rules"]):
                yield LoadedRule(
                    group=str(group["name"]),
                    interval_s=cast(float, group["interval"]),
                    name=str(rule["name"]),
                    expr=str(rule["query"]),
                    health=str(rule["health"]),
                    error=str(rule.get("lastError", "")),
                )

    def refusal(self, expr: str) -> str | None:
        """Why Prometheus cannot evaluate `expr` now; None when it can."""
        try:
            self._server.get_json("/api/v1/query", query=expr)
        except Unreachable as error:
            return error.what
        return None

    def series(self, expr: str) -> tuple[dict[str, str], ...]:
        """The labels of each series that `expr`, an instant vector, gives now."""
        data = _data(self._server.get_json("/api/v1/query", query=expr))
        return tuple(cast(dict[str, str], entry["metric"]) for entry in _objects(data["result"]))

    def alerts(self) -> tuple[FiringAlert, ...]:
        """All alert instances that are pending or firing."""
        data = _data(self._server.get_json("/api/v1/alerts"))
        return tuple(_alert(entry) for entry in _objects(data["alerts"]))


def _alert(entry: dict[str, Json]) -> FiringAlert:
    annotations = cast(dict[str, str], entry["annotations"])
    return FiringAlert(
        name=_labels(entry)["alertname"],
        state=str(entry["state"]),
        labels=_labels(entry),
        summary=annotations.get("summary", ""),
        value=str(entry["value"]),
        active_since=str(entry["activeAt"]),
    )


def _labels(entry: dict[str, Json]) -> dict[str, str]:
    return cast(dict[str, str], entry["labels"])


def _data(body: Json) -> dict[str, Json]:
    return cast(dict[str, Json], cast(dict[str, Json], body)["data"])


def _objects(value: Json) -> list[dict[str, Json]]:
    return cast(list[dict[str, Json]], value)
