"""A real three-node Cluster and a real Sentinel: routing, moved slots, ceilings across slots, failover."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from e2e.ratelimit.policies import policy
from e2e.ratelimit.servers import RedisClusterServers, RedisServer, wait_until

from platform_ratelimit.backend import Backend
from platform_ratelimit.decision import Source
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.policy import PolicySnapshot
from platform_ratelimit.redis.breaker import BreakerSettings
from platform_ratelimit.redis.cluster import RedisCluster, slot_of
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.sentinel import sentinel_master
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SETTINGS = RedisSettings(deadline_s=0.3, breaker=BreakerSettings(longest_delay_s=0.2))


@asynccontextmanager
async def limiting(backend: Backend, snapshot: PolicySnapshot) -> AsyncIterator[Limiter]:
    limiter = Limiter(backend, snapshot)
    await limiter.start()
    try:
        yield limiter
    finally:
        await limiter.close()


async def until(claim: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not await claim():
        assert time.monotonic() < deadline, "did not come true"
        await asyncio.sleep(0.05)


async def admitted(limiter: Limiter, tenant: str, attempts: int, *, by: set[Source]) -> int:
    plan = limiter.planner.for_tenant(tenant, "default")
    decisions = [await limiter.decide(plan) for _ in range(attempts)]
    assert {decision.source for decision in decisions} <= by
    return sum(decision.allowed for decision in decisions)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisClusterServers]:
    with RedisClusterServers(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def empty_cluster(cluster: RedisClusterServers) -> RedisClusterServers:
    for node in cluster.nodes:
        with node.client() as client:
            client.flushall()
    return cluster


def routed(cluster: RedisClusterServers) -> RedisCluster:
    return RedisCluster(SETTINGS, seeds=[("127.0.0.1", cluster.nodes[0].port)])


def test_the_slot_is_the_one_the_server_computes(cluster: RedisClusterServers) -> None:
    with cluster.nodes[0].client() as client:
        for name in ("rl:{acme}:t", "rl:{ip:2001:db8::/64}", "rl:{platform}:c"):
            assert client.execute_command("CLUSTER KEYSLOT", name) == slot_of(name.encode())


def test_tenants_on_all_nodes_get_exactly_their_quota(empty_cluster: RedisClusterServers) -> None:
    async def scenario() -> None:
        async with limiting(routed(empty_cluster), policy(20)) as limiter:
            for tenant in map(str, range(30)):
                by = {Source.REDIS, Source.CACHE}
                assert await admitted(limiter, tenant, 25, by=by) == 20

    asyncio.run(scenario())
    for node in empty_cluster.nodes:
        with node.client() as client:
            assert client.dbsize() > 0


def test_the_ceiling_holds_across_slots_within_its_stated_bound(empty_cluster: RedisClusterServers) -> None:
    """In one window two processes admit at most the ceiling; 2 x 1 % of it may be held unspent."""

    async def scenario() -> None:
        snapshot = policy(1_000_000, ceiling=1000)
        async with (
            limiting(routed(empty_cluster), snapshot) as one,
            limiting(routed(empty_cluster), snapshot) as two,
        ):
            total = 0
            by = {Source.REDIS, Source.LEASE, Source.CACHE}
            for tenant in map(str, range(60)):
                for limiter in (one, two):
                    total += await admitted(limiter, tenant, 10, by=by)
            assert 980 <= total <= 1000

    asyncio.run(scenario())


def test_what_a_tenant_is_refused_does_not_burn_the_ceiling(empty_cluster: RedisClusterServers) -> None:
    async def scenario() -> None:
        async with limiting(routed(empty_cluster), policy(5, ceiling=1000)) as limiter:
            by = {Source.REDIS, Source.CACHE, Source.LEASE}
            assert await admitted(limiter, "greedy", 900, by=by) == 5
            assert await admitted(limiter, "other", 5, by=by) == 5

    asyncio.run(scenario())


def test_a_moved_slot_is_followed(empty_cluster: RedisClusterServers) -> None:
    async def scenario() -> None:
        async with limiting(routed(empty_cluster), policy(10)) as limiter:
            assert await admitted(limiter, "acme", 4, by={Source.REDIS}) == 4
            move_slot(empty_cluster, slot_of(b"rl:{acme}:t"))
            assert await admitted(limiter, "acme", 10, by={Source.REDIS, Source.CACHE}) == 6

    asyncio.run(scenario())


def move_slot(cluster: RedisClusterServers, slot: int) -> None:
    """What redis-cli --cluster reshard does, for one slot and its keys."""
    ids, owner = {}, None
    for node in cluster.nodes:
        with node.client() as client:
            ids[node] = client.execute_command("CLUSTER MYID").decode()
            if client.execute_command("CLUSTER COUNTKEYSINSLOT", slot):
                owner = node
    assert owner is not None
    target = next(node for node in cluster.nodes if node is not owner)
    with owner.client() as source, target.client() as sink:
        sink.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[owner])
        source.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[target])
        for key in source.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
            source.execute_command("MIGRATE", "127.0.0.1", target.port, key, 0, 1000)
        sink.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[target])
        source.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[target])


def test_a_slot_under_migration_is_asked_where_it_goes(empty_cluster: RedisClusterServers) -> None:
    async def scenario() -> None:
        async with limiting(routed(empty_cluster), policy(10)) as limiter:
            slot = slot_of(b"rl:{wanderer}:t")
            ids, owner = {}, None
            for node in empty_cluster.nodes:
                with node.client() as client:
                    ids[node] = client.execute_command("CLUSTER MYID").decode()
                    if any(slot in range(int(a), int(b) + 1) for a, b in own_slots(client, ids[node])):
                        owner = node
            assert owner is not None
            target = next(node for node in empty_cluster.nodes if node is not owner)
            with owner.client() as source, target.client() as sink:
                sink.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[owner])
                source.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[target])
                try:
                    assert await admitted(limiter, "wanderer", 3, by={Source.REDIS}) == 3
                    assert sink.dbsize() >= 1
                finally:
                    sink.execute_command("CLUSTER SETSLOT", slot, "STABLE")
                    source.execute_command("CLUSTER SETSLOT", slot, "STABLE")
                    sink.flushall()

    asyncio.run(scenario())


def own_slots(client: object, node_id: str) -> list[tuple[str, str]]:
    text = client.execute_command("CLUSTER NODES")  # type: ignore[attr-defined]
    for address, facts in text.items():
        if facts["node_id"] == node_id:
            assert address
            return [(pair[0], pair[-1]) for pair in facts["slots"]]
    return []


def test_a_lost_master_degrades_its_tenants_only_and_its_replica_takes_over(tmp_path: Path) -> None:
    async def scenario(servers: RedisClusterServers) -> None:
        async with limiting(routed(servers), policy(1000)) as limiter:
            tenants = [str(number) for number in range(30)]

            async def sources() -> dict[str, Source]:
                plans = {tenant: limiter.planner.for_tenant(tenant, "default") for tenant in tenants}
                return {tenant: (await limiter.decide(plan)).source for tenant, plan in plans.items()}

            assert set((await sources()).values()) == {Source.REDIS}
            victim = next(node for node in servers.nodes if is_master(node))
            victim.stop()
            after = await sources()
            assert {Source.REDIS, Source.LOCAL} == set(after.values())

            async def healed() -> bool:
                return set((await sources()).values()) == {Source.REDIS}

            await until(healed)

    with RedisClusterServers(tmp_path, replicas=1) as servers:
        asyncio.run(scenario(servers))


def is_master(node: RedisServer) -> bool:
    with node.client() as client:
        return bool(client.info("replication")["role"] == "master")


def test_sentinel_leads_to_the_new_master_after_a_failover(tmp_path: Path) -> None:
    async def scenario(master: RedisServer, replica: RedisServer, sentinel: RedisServer) -> None:
        resolve = sentinel_master([("127.0.0.1", 1), ("127.0.0.1", sentinel.port)], "limits")
        async with limiting(RedisNode(SETTINGS, resolve=resolve), policy(1000)) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            assert await admitted(limiter, "acme", 3, by={Source.REDIS}) == 3
            master.stop()

            async def decided() -> bool:
                return (await limiter.decide(plan)).source is Source.REDIS

            await until(decided)
            assert is_master(replica)

    with (
        RedisServer(tmp_path / "master") as master,
        RedisServer(
            tmp_path / "replica", "--replicaof", f"127.0.0.1 {master.port}", "--repl-diskless-sync-delay", "0"
        ) as replica,
        sentinel_of(tmp_path / "sentinel", master) as sentinel,
    ):
        wait_until(lambda: has_replica(master), what="replication")
        wait_until(lambda: knows_replica(sentinel), seconds=20, what="the sentinel's view")
        asyncio.run(scenario(master, replica, sentinel))


def sentinel_of(folder: Path, master: RedisServer) -> RedisServer:
    folder.mkdir(parents=True)
    configuration = folder / "sentinel.conf"
    server = RedisServer(folder, "--sentinel")
    configuration.write_text(
        f"sentinel monitor limits 127.0.0.1 {master.port} 1\n"
        "sentinel down-after-milliseconds limits 500\nsentinel failover-timeout limits 3000\n"
    )
    server.configuration = configuration
    return server


def has_replica(master: RedisServer) -> bool:
    with master.client() as client:
        return int(client.info("replication")["connected_slaves"]) == 1


def knows_replica(sentinel: RedisServer) -> bool:
    with sentinel.client() as client:
        return len(client.execute_command("SENTINEL REPLICAS limits")) == 1
