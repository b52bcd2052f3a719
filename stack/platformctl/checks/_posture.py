"""The rules of `platformctl audit`: each asks one question of a component."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from platformctl.model.posture import Confinement, Workload

_SOCKETS: Final = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock")
_NO_NEW: Final = frozenset({"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A question; `ask` gives what is wrong, in words that follow the component's name."""

    name: str
    ask: Callable[[Workload], Iterator[str]]
    fix: str


ConfinementRule: TypeAlias = Callable[[Confinement], str | None]


def _is_exposed(workload: Workload) -> Iterator[str]:
    for address in workload.listens:
        host = address.rpartition(":")[0].strip("[]")
        if not _is_loopback(host):
            yield f"can be reached from other machines at {address}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _runs_as_root(workload: Workload) -> Iterator[str]:
    confined = workload.confinement
    if confined and confined.user.partition(":")[0] in ("0", "root"):
        yield "runs as root in its container"
    elif confined and not confined.user:
        yield "runs as whatever user its image names"


def _of_container(ask: ConfinementRule) -> Callable[[Workload], Iterator[str]]:
    def of(workload: Workload) -> Iterator[str]:
        if workload.confinement and (wrong := ask(workload.confinement)):
            yield wrong

    return of


def _capabilities(confined: Confinement) -> str | None:
    if "ALL" not in confined.dropped:
        return "keeps the capabilities that the engine gives by default"
    return f"is given {', '.join(confined.added)}" if confined.added else None


def _socket(confined: Confinement) -> str | None:
    found = [path for path in confined.mounts if path.rpartition("/")[2] in _SOCKETS]
    return f"holds the engine's socket {found[0]}, and with it this machine" if found else None


def _unpinned(confined: Confinement) -> str | None:
    name = confined.image.rpartition("/")[2]
    tag = name.partition(":")[2]
    pinned = "@sha256:" in confined.image or tag not in ("", "latest")
    return None if pinned else f"runs an image without a version, {confined.image}"


RULES: Final = (
    Rule(
        name="exposed-port", ask=_is_exposed, fix="publish it on 127.0.0.1, and let the gateway log people in"
    ),
    Rule(name="root-user", ask=_runs_as_root, fix="name an unprivileged user in its definition"),
    Rule(name="capabilities", ask=_of_container(_capabilities), fix="cap_drop: [ALL]"),
    Rule(
        name="writable-root",
        ask=_of_container(lambda c: None if c.read_only else "can write to its own programs"),
        fix="read_only=True in its definition, with tmpfs for what it must write",
    ),
    Rule(
        name="new-privileges",
        ask=_of_container(
            lambda c: None if _NO_NEW & set(c.security) else "may gain privileges while it runs"
        ),
        fix="security_opt: [no-new-privileges:true]",
    ),
    Rule(
        name="privileged",
        ask=_of_container(lambda c: "is privileged: a container in name only" if c.privileged else None),
        fix="take privileged away",
    ),
    Rule(
        name="host-namespace",
        ask=_of_container(
            lambda c: "shares the network or the processes of this machine" if c.shares_host else None
        ),
        fix="take network_mode and pid away",
    ),
    Rule(
        name="engine-socket",
        ask=_of_container(_socket),
        fix="take the mount away, or put a proxy that only reads before it",
    ),
    Rule(name="unpinned-image", ask=_of_container(_unpinned), fix="name a version in its definition"),
    Rule(
        name="no-memory-limit",
        ask=_of_container(lambda c: None if c.has_memory_limit else "may take all memory of this machine"),
        fix="memory_mb in its definition",
    ),
    Rule(
        name="endless-log",
        ask=_of_container(lambda c: None if c.rotates_logs else "writes a log that grows without end"),
        fix="logging: options: {max-size: 10m, max-file: '3'}",
    ),
)
