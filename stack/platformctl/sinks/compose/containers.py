"""What the engine says of a container, in our words."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from platformctl.model.posture import Confinement, Workload
from platformctl.render.compose import LABEL_NEEDS, LABEL_PROCESS, LABEL_UNIT


class _Probe(TypedDict):
    Output: str


class _Health(TypedDict):
    Status: str
    Log: list[_Probe] | None


class _State(TypedDict, total=False):
    Status: str
    ExitCode: int
    OOMKilled: bool
    Error: str
    Health: _Health


class _Healthcheck(TypedDict, total=False):
    Test: list[str] | None


class _Config(TypedDict, total=False):
    Image: str
    User: str
    Labels: dict[str, str] | None
    Healthcheck: _Healthcheck


class _Binding(TypedDict):
    HostIp: str
    HostPort: str


class _LogConfig(TypedDict, total=False):
    Config: dict[str, str] | None


class _HostConfig(TypedDict, total=False):
    PortBindings: Mapping[str, list[_Binding] | None] | None
    CapAdd: list[str] | None
    CapDrop: list[str] | None
    SecurityOpt: list[str] | None
    ReadonlyRootfs: bool
    Privileged: bool
    NetworkMode: str
    PidMode: str
    Memory: int
    LogConfig: _LogConfig


class _Mount(TypedDict):
    Source: str


class Inspection(TypedDict):
    Id: str
    RestartCount: int
    State: _State
    Config: _Config
    HostConfig: _HostConfig
    Mounts: list[_Mount]


LABEL_STAND_IN: Final = "io.platformctl.stand-in"
_KILLED: Final = 137


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """One container.

    alive: it runs and is not unhealthy; one that has just started is neither yet, and counts as alive.
    health: the command that asks it how it is, run inside; empty for none.
    ports: those of this machine that are published for it.
    version: the tag of its image, and that the image only stands in for the published one, where it does.
    """

    id: str
    unit: str
    process: str
    version: str
    needs: tuple[str, ...]
    health: tuple[str, ...]
    ports: frozenset[int]
    status: str
    alive: bool
    detail: str
    restarts: int


def read(document: Inspection) -> Container:
    """A container from the engine's description of it."""
    state, labels = document["State"], document["Config"].get("Labels") or {}
    unhealthy = _is_unhealthy(state)
    return Container(
        id=document["Id"],
        unit=labels.get(LABEL_UNIT, ""),
        process=labels.get(LABEL_PROCESS, ""),
        version=_version(document["Config"]["Image"], is_stand_in=LABEL_STAND_IN in labels),
        needs=tuple(labels.get(LABEL_NEEDS, "").split()),
        health=_command(document["Config"].get("Healthcheck", {}).get("Test") or []),
        ports=_published(document["HostConfig"].get("PortBindings") or {}),
        status=state["Status"],
        alive=state["Status"] == "running" and not unhealthy,
        detail=_last_probe(state["Health"]) if unhealthy else _ending(state, document["RestartCount"]),
        restarts=document["RestartCount"],
    )


def workload(document: Inspection) -> Workload:
    """How exposed a container is, as the engine really runs it."""
    config, host = document["Config"], document["HostConfig"]
    bindings = host.get("PortBindings") or {}
    return Workload(
        name=(config.get("Labels") or {}).get(LABEL_UNIT, document["Id"][:12]),
        listens=tuple(
            f"{binding['HostIp'] or '0.0.0.0'}:{binding['HostPort']}"  # noqa: S104 - what no address means
            for several in bindings.values()
            for binding in several or ()
        ),
        confinement=Confinement(
            image=config["Image"],
            user=config.get("User", ""),
            mounts=tuple(mount["Source"] for mount in document["Mounts"]),
            dropped=tuple(host.get("CapDrop") or ()),
            added=tuple(host.get("CapAdd") or ()),
            security=tuple(host.get("SecurityOpt") or ()),
            read_only=host.get("ReadonlyRootfs", False),
            privileged=host.get("Privileged", False),
            shares_host="host" in (host.get("NetworkMode"), host.get("PidMode")),
            has_memory_limit=host.get("Memory", 0) > 0,
            rotates_logs="max-size" in (host.get("LogConfig", {}).get("Config") or {}),
        ),
    )


def stop_order(containers: Iterable[Container]) -> tuple[Container, ...]:
    """The containers, each before those it needs."""
    by_unit = {container.unit: container for container in sorted(containers, key=lambda c: c.unit)}
    graph = {unit: [n for n in c.needs if n in by_unit] for unit, c in by_unit.items()}
    started = tuple(graphlib.TopologicalSorter(graph).static_order())
    return tuple(by_unit[unit] for unit in reversed(started))


def _version(image: str, *, is_stand_in: bool) -> str:
    tag = image.rpartition(":")[2]
    return f"{tag} (stand-in)" if is_stand_in else tag


def _command(test: list[str]) -> tuple[str, ...]:
    match test:
        case ["CMD", *words]:
            return tuple(words)
        case ["CMD-SHELL", line]:
            return ("sh", "-c", line)
        case _:
            return ()


def _published(bindings: Mapping[str, list[_Binding] | None]) -> frozenset[int]:
    numbers = (binding["HostPort"] for several in bindings.values() for binding in several or ())
    return frozenset(int(number) for number in numbers if number)


def _is_unhealthy(state: _State) -> bool:
    return state["Status"] == "running" and "Health" in state and state["Health"]["Status"] == "unhealthy"


def _last_probe(health: _Health) -> str:
    probes = health["Log"] or []
    output = " ".join(probes[-1]["Output"].split()) if probes else ""
    return f"unhealthy: {output}" if output else "unhealthy"


def _ending(state: _State, restarts: int) -> str:
    code = state.get("ExitCode", 0)
    match state["Status"]:
        case "running":
            return ""
        case "restarting":
            return f"it ends again and again, {restarts} times so far, with exit code {code}"
        case "exited" | "dead" if state.get("OOMKilled"):
            return "out of memory: the limit of its container was reached"
        case "exited" | "dead" if code == _KILLED:
            return "killed"
        case "exited" | "dead":
            return f"exit code {code}"
        case status:
            return state.get("Error") or status
