"""The faults of mutants.yml, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml
from e2e.scaffold.harness import Ran


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


PAGE: Final = Path(__file__).parents[3] / "docs" / "scaffold-tests" / "faults.md"
_HEAD: Final = """\
# Faults that the generated tests were shown to catch

Written by `make test-frontend-full PYTEST_ARGS=--update-golden`: each fault alone was put into the sample
application, which was built again where a browser was to see it, and the test named here failed. None survived.

| fault | put into | caught by |
| --- | --- | --- |
"""


@dataclass(kw_only=True)
class Record:
    """Which generated test failed for which fault."""

    rows: dict[str, str] = field(default_factory=dict)

    def keep(self, mutant: Mutant, ran: Ran) -> None:
        """Keep the test that was there for the fault, by its full title."""
        caught = next(name for name in ran.failed if mutant.caught_by in name)
        cells = (mutant.name, f"`{mutant.path}`", re.sub(r"[|\n]", " ", caught))
        self.rows[mutant.name] = f"| {' | '.join(cells)} |\n"

    def write(self) -> None:
        """Write the page of all faults, if all of them were tried."""
        everything = [mutant.name for mutant in (*UNIT, *JOURNEYS, *BROWSER)]
        if set(everything) <= set(self.rows):
            PAGE.write_text(_HEAD + "".join(self.rows[name] for name in everything), encoding="utf-8")
