"""What a user can mend, said in three parts: the thing, the place, and the next command.

Anything that is not a `PlatformError` is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

from typing import ClassVar


class PlatformError(Exception):
    """A failure that the user can mend.

    what: one sentence, naming the thing.
    where: the place it was found, as ``path`` or ``path:line``.
    fix: a command to run, or the change to make.
    """

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "failed"

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  fix: {self.fix}" if self.fix else head


class DefinitionError(PlatformError, ValueError):
    """A definition holds a value that it may not hold. Raised by the constructors of the model."""

    kind = "definition"


class UsageError(PlatformError):
    """The command was called in a way that cannot work."""

    exit_code = 2
    kind = "usage"


class DifferencesFound(PlatformError):
    """Raised where ``--check`` was asked for and the two sides differ."""

    exit_code = 3
    kind = "differences"


class PartlyApplied(PlatformError):
    """A change was applied in part or rolled back; the message says which release serves now."""

    exit_code = 4
    kind = "partly-applied"
