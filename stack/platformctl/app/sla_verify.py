"""Hold the ledger of closed periods against its seals, and against those that earlier reports showed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from platformctl.errors import UsageError
from platformctl.sinks.sla_ledger import Ledger, LedgerAltered, Sealed
from platformctl.sources import workspace

_LEAST_DIGITS: Final = 12


def verify(at: Path | None, start: Path, seals: list[str]) -> tuple[Sealed, ...]:
    """Every statement of the ledger, or those with the seals (their first 12 digits are enough).

    Raises `LedgerAltered` where a statement is not what was entered, and for a seal that none has.
    """
    ledger = Ledger(workspace.find(at, start=start).state)
    entered = ledger.verify()
    if not seals:
        return entered
    return tuple(_with(seal.lower(), entered) for seal in seals)


def _with(seal: str, entered: tuple[Sealed, ...]) -> Sealed:
    if len(seal) < _LEAST_DIGITS:
        raise UsageError(f"not a seal: {seal!r}", fix=f"give its first {_LEAST_DIGITS} digits at least")
    for one in entered:
        if one.seal.startswith(seal):
            return one
    raise LedgerAltered(
        f"no statement has the seal {seal}: it was taken out, or the ledger was made anew",
        fix="restore the state folder from a backup that is as old as that report",
    )
