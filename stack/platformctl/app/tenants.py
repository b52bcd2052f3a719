"""One tenant registry: ``slas/tenants.yml`` and the limiter's tenant table, compared and made one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from platformctl.app.ratelimit_api import RateLimitApi
from platformctl.errors import DifferencesFound
from platformctl.model.tenancy import Tenant, Tier
from platformctl.sources.documents import Json

PER_MINUTE: Final = "tenant-minute"
_PAGE: Final = 10_000
_BATCH: Final = 10_000
_MOST_SHOWN: Final = 5


class Side(StrEnum):
    """Where a tenant is known, and whether both sides say the same of it."""

    SAME = "same"
    DIFFERS = "differs"
    FILE_ONLY = "only in slas/tenants.yml"
    LIMITER_ONLY = "only at the limiter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One tenant on both sides; an empty tier: not there. `name` and `vertical` are the file's."""

    id: str
    name: str = ""
    vertical: str = ""
    file_tier: str = ""
    limiter_tier: str = ""

    @property
    def side(self) -> Side:
        """What the two sides say of each other."""
        if not self.limiter_tier:
            return Side.FILE_ONLY
        if not self.file_tier:
            return Side.LIMITER_ONLY
        return Side.SAME if self.file_tier == self.limiter_tier else Side.DIFFERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A tenant at the limiter, from one tier to another; None: not there."""

    tenant: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncPlan:
    """What brings the limiter to what the file says. `notes` are differences that are left alone."""

    tiers: tuple[Tier, ...]
    moves: tuple[Move, ...]
    notes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.tiers and not self.moves


def compare(tenants: Sequence[Tenant], at_limiter: dict[str, str]) -> tuple[Entry, ...]:
    """Both sides, in order of ids."""
    known = {tenant.id: tenant for tenant in tenants}
    return tuple(
        _entry(id_, known.get(id_), at_limiter.get(id_, "")) for id_ in sorted({*known, *at_limiter})
    )


def _entry(id_: str, tenant: Tenant | None, limiter_tier: str) -> Entry:
    if tenant is None:
        return Entry(id=id_, limiter_tier=limiter_tier)
    return Entry(
        id=id_,
        name=tenant.name,
        vertical=tenant.vertical.value,
        file_tier=tenant.tier,
        limiter_tier=limiter_tier,
    )


def tiers_at_limiter(api: RateLimitApi) -> dict[str, str]:
    """The tier of every tenant that is entered at the limiter."""
    found: dict[str, str] = {}
    while True:
        after = max(found, default="")
        page = cast(dict[str, str], api.get("tenant-tiers", after=after, most=str(_PAGE)).fields)
        found |= page
        if len(page) < _PAGE:
            return found


def plan_sync(api: RateLimitApi, tiers: Sequence[Tier], entries: Sequence[Entry], *, prune: bool) -> SyncPlan:
    """How the limiter gets what the file says; `prune` also forgets tenants the file does not know."""
    known = set(cast(list[str], api.get("policy").fields["tiers"]))
    used = {entry.file_tier for entry in entries if entry.file_tier}
    missing = tuple(tier for tier in tiers if tier.name not in known and tier.name in used)
    moves = [
        Move(tenant=e.id, before=e.limiter_tier or None, after=e.file_tier or None)
        for e in entries
        if e.side in (Side.FILE_ONLY, Side.DIFFERS) or (prune and e.side is Side.LIMITER_ONLY)
    ]
    present = [tier for tier in tiers if tier.name in known]
    return SyncPlan(
        tiers=missing, moves=tuple(moves), notes=tuple(_notes(api, present, entries, prune=prune))
    )


def _notes(
    api: RateLimitApi, tiers: Sequence[Tier], entries: Sequence[Entry], *, prune: bool
) -> Iterator[str]:
    for tier in tiers:
        quotas = _minute_quotas(api.get("tiers", tier.name).fields)
        if quotas and tier.requests_per_minute not in quotas:
            yield (
                f"tier {tier.name}: {tier.requests_per_minute} a minute in slas/tiers.yml, "
                f"{', '.join(map(str, quotas))} at the limiter: left as it is"
            )
    strangers = [entry.id for entry in entries if entry.side is Side.LIMITER_ONLY]
    if strangers and not prune:
        shown = ", ".join(strangers[:_MOST_SHOWN]) + (", …" if len(strangers) > _MOST_SHOWN else "")
        yield (
            f"{len(strangers)} only at the limiter ({shown}): "
            "platformctl tenants import takes them over, --prune forgets them"
        )


def _minute_quotas(tier: dict[str, Json]) -> list[int]:
    limits = cast(list[dict[str, Json]], tier["limits"])
    return [cast(int, limit["quota"]) for limit in limits if limit["window_s"] == 60]


def apply_sync(api: RateLimitApi, plan: SyncPlan, *, reason: str) -> None:
    """Do what was shown. A tenant that was moved meanwhile stops it: nothing of its batch is done."""
    for tier in plan.tiers:
        limit: Json = {"name": PER_MINUTE, "quota": tier.requests_per_minute, "window_s": 60}
        api.put("tiers", tier.name, body={"limits": [limit]}, reason=reason)
    for at in range(0, len(plan.moves), _BATCH):
        moves: Json = [
            {"tenant": m.tenant, "before": m.before, "after": m.after} for m in plan.moves[at : at + _BATCH]
        ]
        api.patch("tenant-tiers", body={"moves": moves}, reason=reason)


def refuse_differences(plan: SyncPlan) -> None:
    """Raise DifferencesFound (exit 3) when the two sides are not one."""
    if not plan.is_empty:
        raise DifferencesFound(
            f"{len(plan.moves)} tenants and {len(plan.tiers)} tiers differ between slas/ and the limiter",
            fix="platformctl tenants sync, or platformctl tenants import",
        )
