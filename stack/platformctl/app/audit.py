"""The posture of a stack: what can be reached, what runs with too much power, who can read its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.session import Request, Session, open_session, prepare
from platformctl.checks._posture import RULES
from platformctl.model.artifact import Artifact
from platformctl.model.posture import Workload
from platformctl.sources import posture

DEFINED: Final = "defined"
RUNNING: Final = "running"
_OTHERS: Final = 0o077
_ENTERED_ONLY: Final = 0o011
_SHORTEST_SECRET: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong. side: in what is defined, or in what runs now.

    accepted: why the component's definition allows it; empty where it does not.
    """

    rule: str
    subject: str
    side: str
    what: str
    fix: str
    accepted: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What is wrong, how many components were looked at on each side, and what was not looked at.

    accepted: what the definitions allow, with the reason.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    defined: int
    running: int
    unseen: tuple[str, ...]


def audit(request: Request) -> Audit:
    """Look at the release that the definitions make, and at what runs of it. Changes nothing that runs."""
    session = open_session(request)
    prepared = prepare(session, request)
    defined = tuple(posture.workloads(prepared.release.files))
    running = session.runtime.workloads()
    folder = session.workspace.state / "secrets"
    accepts = {component.name: component.accepts for component in prepared.platform.components}
    found = (
        *judged(defined, DEFINED, accepts),
        *judged(running, RUNNING, accepts),
        *of_root(defined, DEFINED),
        *of_root(running, RUNNING),
        *_open_secrets(folder),
        *_leaked_secrets(folder, prepared.release.files.values()),
    )
    return Audit(
        findings=tuple(finding for finding in found if not finding.accepted),
        accepted=tuple(finding for finding in found if finding.accepted),
        defined=len(defined),
        running=len(running),
        unseen=tuple(_unseen(session, running)),
    )


def judged(
    workloads: Iterable[Workload], side: str, accepts: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """What the rules find; accepts: by component and rule, why the component may break it."""
    for workload in workloads:
        for rule in RULES:
            for what in rule.ask(workload):
                yield Finding(
                    rule=rule.name,
                    subject=workload.name,
                    side=side,
                    what=what,
                    fix=rule.fix,
                    accepted=accepts.get(workload.name, {}).get(rule.name, ""),
                )


def of_root(workloads: Iterable[Workload], side: str) -> Iterator[Finding]:
    """One finding for all of them: they are root because platformctl was, and one account for it mends them all."""
    names = [workload.name for workload in workloads if workload.as_root]
    if names:
        yield Finding(
            rule="root-user",
            subject="this deployment",
            side=side,
            what=f"runs as root on this machine: {', '.join(names)}",
            fix="deploy as an account of its own: sudo -u ACCOUNT platformctl deploy",
        )


def _open_secrets(folder: Path) -> Iterator[Finding]:
    """The folder may be entered, where another account has secrets in it, but not listed."""
    for path in (folder, *_secret_files(folder)):
        mode = path.stat().st_mode & _OTHERS
        if mode & (~_ENTERED_ONLY if path == folder else _OTHERS):
            yield Finding(
                rule="open-secret",
                subject=path.name,
                side=RUNNING,
                what="can be read or changed by other accounts of this machine",
                fix=f"chmod {'700' if path == folder else '600'} {path}",
            )


def _leaked_secrets(folder: Path, artifacts: Iterable[Artifact]) -> Iterator[Finding]:
    secrets = {path.name: path.read_bytes().strip() for path in _secret_files(folder)}
    for artifact in artifacts:
        for name, content in secrets.items():
            if len(content) >= _SHORTEST_SECRET and content in artifact.content:
                yield Finding(
                    rule="leaked-secret",
                    subject=artifact.path,
                    side=DEFINED,
                    what=f"holds the secret {name}",
                    fix="name the secret's file in the definition, not its content",
                )


def _secret_files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob("*") if path.is_file())) if folder.is_dir() else ()


def _unseen(session: Session, running: tuple[Workload, ...]) -> Iterator[str]:
    if not running:
        yield "what runs: nothing of this workspace does"
    if any(workload.confinement is None for workload in running):
        yield f"capabilities and file systems: the {session.runtime.name} runtime confines nothing"
    yield "firewalls, and proxies in front of this machine"
