"""A platform's registry becomes the policy; what was edited by hand stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from platform_ratelimit.db import edit
from platform_ratelimit.db.edit import Change, PolicyStore
from platform_ratelimit.db.registry import RegistryFiles, take_over
from platform_ratelimit.policy import Limit, PolicySnapshot

TIERS = {"trial": 60, "gold": 1200}
LIMITS = {
    "groups": [{"name": "auth", "patterns": ["POST /login"]}],
    "anonymous": {
        "limits": [{"name": "ip", "quota": 9, "window_s": 1}],
        "group_limits": {"auth": [{"name": "ip-auth", "quota": 3, "window_s": 60}]},
    },
    "ceiling": [{"name": "all", "quota": 5000, "window_s": 1}],
    "burst_s": 10,
}


def files(folder: Path, tenants: dict[str, str], **tiers: int) -> RegistryFiles:
    chosen = TIERS | tiers
    document = {
        "tiers": [
            {"name": name, "rank": rank, "requests_per_minute": chosen[name]}
            for rank, name in enumerate(chosen)
        ],
        "tenants": [{"id": tenant, "tier": tier} for tenant, tier in tenants.items()],
    }
    registry, limits = folder / "tenants.json", folder / "limits.json"
    registry.write_text(json.dumps(document))
    limits.write_text(json.dumps(LIMITS))
    return RegistryFiles(registry, limits)


def with_store(folder: Path, work: Callable[[PolicyStore], Awaitable[None]]) -> PolicySnapshot:
    """The policy after the work."""

    async def run() -> PolicySnapshot:
        store = PolicyStore(create_async_engine(f"sqlite+aiosqlite:///{folder}/limits.db"))
        try:
            await work(store)
            return (await store.load()).snapshot
        finally:
            await store.close()

    return asyncio.run(run())


def test_tiers_groups_and_tenants_become_the_policy(tmp_path: Path) -> None:
    policy = with_store(tmp_path, lambda store: take_over(store, files(tmp_path, {"acme": "gold"})))
    assert policy.tiers["gold"].limits == (
        Limit(name="tenant-second", quota=200, window_s=1),
        Limit(name="tenant-minute", quota=1200, window_s=60),
    )
    assert policy.tier_of("acme").name == "gold"
    assert policy.tier_of("nobody yet").name == "trial"
    assert policy.anonymous is not None
    assert policy.anonymous.group_limits["auth"] == (Limit(name="ip-auth", quota=3, window_s=60),)
    assert policy.ceiling == (Limit(name="all", quota=5000, window_s=1),)


def test_the_same_registry_again_changes_nothing(tmp_path: Path) -> None:
    async def twice(store: PolicyStore) -> None:
        await take_over(store, files(tmp_path, {"acme": "gold"}))
        version = await store.version()
        await take_over(store, files(tmp_path, {"acme": "gold"}))
        assert await store.version() == version

    with_store(tmp_path, twice)


def test_what_was_set_by_hand_stays_until_the_registry_changes_there(tmp_path: Path) -> None:
    async def by_hand(store: PolicyStore) -> None:
        await take_over(store, files(tmp_path, {"acme": "gold", "other": "gold", "gone": "gold"}))
        async with store.changing(Change(actor="ana", action="move", subject="acme")) as session:
            await edit.put_tenant(session, "acme", "trial")
            await edit.put_tenant(session, "other", "trial")
        await take_over(store, files(tmp_path, {"acme": "gold", "other": "trial", "new": "gold"}, gold=2400))

    policy = with_store(tmp_path, by_hand)
    assert {name: policy.tenants[name].tier for name in policy.tenants} == {
        "acme": "trial", "other": "trial", "new": "gold",
    }  # fmt: skip
    assert policy.tiers["gold"].limits[1].quota == 2400
