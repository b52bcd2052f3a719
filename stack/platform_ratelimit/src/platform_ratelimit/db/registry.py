"""A platform's registry of tiers and tenants, taken over into the policy's tables at the start.

What the registry says counts where it is new or has changed since it was last taken over (the audit trail
knows); what was edited in between stays: a moved tenant, an override or an emergency outlives a restart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict, cast

from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.db import edit
from platform_ratelimit.db.edit import Change, PolicyStore
from platform_ratelimit.db.read import ANONYMOUS
from platform_ratelimit.policy import EndpointGroup, FailurePolicy, Limit, Limits, Tier

_SUBJECT: Final = "registry"


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """registry: ``{"tiers": [{name, rank, requests_per_minute}], "tenants": [{id, tier}]}``, and more.

    limits: what is limited beside the tiers, ``{groups, anonymous: {limits, group_limits}, ceiling, burst_s}``;
    a tenant may spend its minute's quota as fast as ``burst_s`` seconds of it within one second.
    """

    registry: Path
    limits: Path


class LimitEntry(TypedDict):
    """A limit."""

    name: str
    quota: int
    window_s: float


class Taken(TypedDict):
    """What is taken over, as the audit trail keeps it."""

    tiers: dict[str, int]  # requests per minute
    tenants: dict[str, str]  # tier
    default_tier: str
    groups: list[dict[str, object]]
    anonymous: dict[str, object]
    ceiling: list[LimitEntry]
    burst_s: float


async def take_over(store: PolicyStore, files: RegistryFiles) -> None:
    """Bring the tables up to date, then the policy, as far as the files have changed."""
    await store.migrate()
    wanted = _read(files)
    trail = await store.audit(subject=_SUBJECT, most=1)
    before = cast("Taken | None", trail[0].after) if trail else None
    if before == wanted:
        return
    change = Change(
        actor="registry", action="take-over", subject=_SUBJECT, before=before, after=wanted,
        reason="the registry has changed" if before else "the first registry",
    )  # fmt: skip
    async with store.changing(change) as session:
        await _apply(session, wanted, before)


def _read(files: RegistryFiles) -> Taken:
    registry, limits = json.loads(files.registry.read_text()), json.loads(files.limits.read_text())
    tiers = sorted(registry["tiers"], key=lambda tier: tier["rank"])
    return Taken(
        tiers={tier["name"]: tier["requests_per_minute"] for tier in tiers},
        tenants={tenant["id"]: tenant["tier"] for tenant in registry["tenants"]},
        default_tier=tiers[0]["name"],
        groups=limits["groups"],
        anonymous=limits["anonymous"],
        ceiling=limits["ceiling"],
        burst_s=limits["burst_s"],
    )


async def _apply(session: AsyncSession, wanted: Taken, before: Taken | None) -> None:
    """Groups before the tiers that limit them, tiers before the tenants that are on them."""
    if before is None or wanted["groups"] != before["groups"]:
        for position, entry in enumerate(wanted["groups"]):
            await edit.put_group(session, _group(entry), position=position)
    if before is None or wanted["anonymous"] != before["anonymous"]:
        await edit.put_tier(session, _anonymous(wanted["anonymous"]))
    if before is None or wanted["ceiling"] != before["ceiling"]:
        await edit.set_ceiling(session, _limits(wanted["ceiling"]))
    same_burst = before is not None and wanted["burst_s"] == before["burst_s"]
    for name, per_minute in wanted["tiers"].items():
        if before is None or not same_burst or before["tiers"].get(name) != per_minute:
            await edit.put_tier(session, _tier(name, per_minute, wanted["burst_s"]))
    if before is None or wanted["default_tier"] != before["default_tier"]:
        await edit.set_default_tier(session, wanted["default_tier"])
    known = before["tenants"] if before else {}
    for tenant, tier in wanted["tenants"].items():
        if known.get(tenant) != tier:
            await edit.put_tenant(session, tenant, tier)
    for tenant in known.keys() - wanted["tenants"].keys():
        await edit.delete_tenant(session, tenant)


def _tier(name: str, per_minute: int, burst_s: float) -> Tier:
    second = max(1, round(per_minute * burst_s / 60))
    limits = (
        Limit(name="tenant-second", quota=second, window_s=1),
        Limit(name="tenant-minute", quota=per_minute, window_s=60),
    )
    return Tier(name=name, limits=limits)


def _anonymous(entry: Mapping[str, object]) -> Tier:
    groups = cast("Mapping[str, list[LimitEntry]]", entry["group_limits"])
    return Tier(
        name=ANONYMOUS,
        limits=_limits(cast("list[LimitEntry]", entry["limits"])),
        group_limits={name: _limits(limits) for name, limits in groups.items()},
    )


def _group(entry: Mapping[str, object]) -> EndpointGroup:
    patterns = cast("list[str]", entry["patterns"])
    failure = FailurePolicy(str(entry.get("failure", FailurePolicy.LOCAL)))
    return EndpointGroup(name=str(entry["name"]), patterns=tuple(patterns), failure=failure)


def _limits(entries: list[LimitEntry]) -> Limits:
    return tuple(Limit(**entry) for entry in entries)
