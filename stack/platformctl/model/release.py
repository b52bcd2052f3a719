"""A release: the files of one deployment and the units that run from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platformctl.model.artifact import Artifact


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One component as it is to run.

    process: fingerprint of everything that takes a restart to change (arguments, environment, image).
    config: fingerprint of the files it reads, which a reload takes over where `reloads` is true.
    """

    name: str
    process: str
    config: str
    reloads: bool
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What shows that a release works.

    prometheus: where it answers on this machine, as ``host:port``; None where the release has none.
    jobs: those whose targets must be up. rules: names of those that must be loaded and healthy.
    """

    prometheus: str | None = None
    jobs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """What should be: files by path, units in start order (each after those it needs)."""

    files: Mapping[str, Artifact]
    units: tuple[Unit, ...]
    expected: Expected = field(default_factory=Expected)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningUnit:
    """One component as it runs, or ran: `alive` is false for one that has died.

    process and config are the fingerprints it was started with and last loaded.
    """

    name: str
    process: str
    config: str
    alive: bool
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actual:
    """What is: the active release's number (None before the first) and files, and what runs."""

    number: int | None = None
    files: Mapping[str, Artifact] = field(default_factory=dict)
    units: Mapping[str, RunningUnit] = field(default_factory=dict)
