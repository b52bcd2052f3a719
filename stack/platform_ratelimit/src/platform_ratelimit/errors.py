"""The errors a user can mend: what is wrong, where, and what to do about it."""

from __future__ import annotations


class RateLimitError(Exception):
    """Something the operator can mend: *what* is wrong, *where*, and a *fix* to try."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(f"{where}: {what}" if where else what)

    def __str__(self) -> str:
        return f"{super().__str__()}\n  fix: {self.fix}" if self.fix else super().__str__()


class PolicyError(RateLimitError, ValueError):
    """A limit, tier, tenant or group that cannot be."""


class MissingExtraError(RateLimitError, ImportError):
    """An optional dependency that is not installed."""

    def __init__(self, module: str, *, extra: str) -> None:
        super().__init__(
            f"{module} is not installed",
            where=f"platform-ratelimit[{extra}]",
            fix=f"pip install 'platform-ratelimit[{extra}]'",
        )
