"""Can this machine run the stack? What it has, what it lacks, and what to do about it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from platformctl.app.session import Request, runtimes
from platformctl.model import sizes
from platformctl.model.component import Component, Profile
from platformctl.model.platform import Platform
from platformctl.model.site import Skipped
from platformctl.sinks import machine, ports
from platformctl.sinks.native.discovery import discover
from platformctl.sources import machine_facts, workspace
from platformctl.sources.definitions import load_platform

_LEAST_DISK_MB: Final = 2_000
_LEAST_FILES: Final = 4_096
_LEAST_MEMORY_MB: Final = 1_500


class Verdict(StrEnum):
    """WARNING: it will run, but worse than it should. BAD: nothing runs until this is mended."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at; fix: a command to run, or what to change."""

    subject: str
    verdict: Verdict
    what: str
    fix: str = ""


def examine(request: Request) -> tuple[Finding, ...]:
    """Look at the machine with the eyes of the workspace's stack. Changes and starts nothing."""
    found = workspace.find(request.workspace, start=request.start)
    platform = load_platform(found.content)
    wanted = tuple(c for c in platform.components if request.demo or c.profile is not Profile.DEMO)
    return (
        _python(),
        *_runtimes(platform, found.state, wanted),
        *_ports(wanted, found.state),
        _folder(found.state),
        *_size(platform, wanted, found.state),
        _memory(),
        _files(),
        _clock(),
    )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(subject="Python", verdict=Verdict.OK, what=version)


def _runtimes(platform: Platform, state: Path, wanted: tuple[Component, ...]) -> Iterator[Finding]:
    """One that works is enough."""
    native = discover(wanted)
    usable = {runtime.name: runtime.unavailable() for runtime in runtimes(state, platform.components)}
    works = [name for name, reason in usable.items() if reason is None]
    for name, reason in usable.items():
        verdict = Verdict.OK if reason is None else Verdict.WARNING if works else Verdict.BAD
        fix = "" if reason is None else f"not needed while the {works[0]} runtime works" if works else ""
        yield Finding(subject=f"{name} runtime", verdict=verdict, what=reason or "usable", fix=fix)
    yield from (_left_out(one) for one in native.skipped)


def _left_out(skipped: Skipped) -> Finding:
    return Finding(
        subject=skipped.component,
        verdict=Verdict.WARNING,
        what=f"is left out natively: {skipped.reason}",
        fix=skipped.fix or "",
    )


def _ports(wanted: Iterable[Component], state: Path) -> Iterator[Finding]:
    """The usual ports; those that this workspace's own stack holds are recorded."""
    held = machine.load(state / "machine.json").ports
    taken = [
        f"{port.number} ({component.name})"
        for component in wanted
        for port in component.ports
        if held.get(component.name, {}).get(port.name) != port.number and not ports.is_free(port.number)
    ]
    if taken:
        yield Finding(
            subject="ports",
            verdict=Verdict.WARNING,
            what=f"taken by others: {', '.join(taken)}",
            fix="nothing: free ones are chosen, and `platformctl status` tells them",
        )
    else:
        yield Finding(subject="ports", verdict=Verdict.OK, what="the usual ones are free or ours")


def _folder(state: Path) -> Finding:
    if machine_facts.is_writable(state):
        return Finding(subject="state folder", verdict=Verdict.OK, what=str(state))
    return Finding(
        subject="state folder",
        verdict=Verdict.BAD,
        what=f"{state} cannot be written",
        fix="run it where you may write, or name another one: platformctl --help",
    )


def _size(platform: Platform, wanted: tuple[Component, ...], state: Path) -> Iterator[Finding]:
    """What the chosen size may take in the end, against what there is now."""
    size, of = platform.deployment.size, sizes.scale(platform)
    free = machine_facts.disk_free_mb(state)
    what = f"{free:,} MB free; size {size} may fill {of.disk_mb:,}"
    yield _enough("disk", free, max(_LEAST_DISK_MB, of.disk_mb), what, "a larger disk, or another size")
    cpus = machine_facts.cpus()
    largest = max((c.container.cpus for c in wanted if c.container), default=0)
    # The engine refuses a container that may use more CPUs than there are.
    what = f"{cpus}; size {size} lets one container use {largest:g}"
    yield _enough("CPUs", cpus, math.ceil(largest), what, "a smaller size in compose/deployment.py")


def _memory() -> Finding:
    available = machine_facts.memory_available_mb()
    if available is None:
        return Finding(subject="memory", verdict=Verdict.WARNING, what="cannot be read here")
    return _enough(
        "memory",
        available,
        _LEAST_MEMORY_MB,
        f"{available:,} MB available",
        "stop something, or: platformctl deploy --no-demo",
    )


def _files() -> Finding:
    limit = machine_facts.open_files_limit()
    return _enough(
        "open files",
        limit,
        _LEAST_FILES,
        f"{limit:,} a process",
        f"raise the hard limit: ulimit -Hn {_LEAST_FILES}",
    )


def _enough(subject: str, have: int, least: int, what: str, fix: str) -> Finding:
    if have >= least:
        return Finding(subject=subject, verdict=Verdict.OK, what=what)
    return Finding(subject=subject, verdict=Verdict.WARNING, what=f"{what}, less than {least:,}", fix=fix)


def _clock() -> Finding:
    """Alerts, silences and reports go by the clock."""
    match machine_facts.clock_is_synchronised():
        case True:
            return Finding(subject="clock", verdict=Verdict.OK, what="synchronised")
        case False:
            return Finding(
                subject="clock",
                verdict=Verdict.WARNING,
                what="not synchronised, says the kernel",
                fix="timedatectl set-ntp true, or: apt-get install chrony",
            )
        case None:
            return Finding(subject="clock", verdict=Verdict.WARNING, what="its state cannot be read here")
