"""The faults of mutants.yml, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault: what it breaks, where, and a part of the title of the test that catches it.

    Those that are `together` touch nothing that another of them or its test touches: they can be put in at once.
    """

    name: str
    path: str
    old: str
    new: str
    caught_by: str
    run: tuple[str, ...]
    together: bool


def _mutant(entry: Mapping[str, str]) -> Mutant:
    run = (
        (f"unit/{entry['file']}",)
        if "file" in entry
        else (f"--project={entry['project']}", "--grep", entry["grep"])
    )
    names = ("name", "path", "old", "new", "caught_by")
    return Mutant(run=run, together=bool(entry.get("together")), **{name: entry[name] for name in names})


_TABLE: Final = yaml.safe_load(Path(__file__).with_name("mutants.yml").read_text(encoding="utf-8"))
UNIT: Final = tuple(map(_mutant, _TABLE["unit"]))
JOURNEYS: Final = tuple(map(_mutant, _TABLE["journeys"]))
BROWSER: Final = tuple(map(_mutant, _TABLE["browser"]))


def together(mutants: tuple[Mutant, ...]) -> tuple[Mutant, ...]:
    """Those that one run can show caught."""
    return tuple(mutant for mutant in mutants if mutant.together)
