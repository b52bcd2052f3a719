"""Several processes on one Redis: the sum admitted is exact, or within the stated bound of a lease."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.ratelimit.policies import policy, running
from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.decision import Source
from platform_ratelimit.lease import LeaseSettings
from platform_ratelimit.policy import Algorithm, Precision

pytestmark = pytest.mark.e2e
WORKER = """
import asyncio, sys
from e2e.ratelimit.policies import policy, running
from e2e.ratelimit.servers import RedisServer
from pathlib import Path
from platform_ratelimit.decision import Source
from platform_ratelimit.policy import Algorithm, Precision

async def main(port, quota, attempts, algorithm, precision, share):
    snapshot = policy(quota, algorithm=Algorithm(algorithm), precision=Precision(precision))
    async with running(RedisServer(Path("."), port=port), snapshot, share=share) as limiter:
        plan = limiter.planner.for_tenant("acme", "default")
        admitted = 0
        for _ in range(attempts // 50):
            decisions = await asyncio.gather(*(limiter.decide(plan) for _ in range(50)))
            assert all(d.source in (Source.REDIS, Source.CACHE, Source.LEASE) for d in decisions)
            admitted += sum(d.allowed for d in decisions)
        print(admitted)

asyncio.run(main(*map(int, sys.argv[1:4]), *sys.argv[4:6], float(sys.argv[6])))
"""


def admitted_by(
    server: RedisServer,
    *,
    processes: int,
    quota: int,
    algorithm: Algorithm,
    precision: Precision,
    share: float = 0.01,
) -> int:
    arguments = [str(server.port), str(quota), "2000", algorithm, precision, str(share)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        for _ in range(processes)
    ]
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * processes
    return sum(int(output) for output in outputs)


@pytest.mark.parametrize("algorithm", [Algorithm.SLIDING_WINDOW, Algorithm.SLIDING_LOG])
def test_four_processes_together_admit_exactly_the_quota(
    redis_server: RedisServer, algorithm: Algorithm
) -> None:
    total = admitted_by(redis_server, processes=4, quota=777, algorithm=algorithm, precision=Precision.EXACT)
    assert total == 777


def test_leased_processes_never_admit_more_than_was_charged(redis_server: RedisServer) -> None:
    """Within one window leases admit at most the quota; what they hold unspent is missing, 4 x 1 %."""
    quota, share = 4000, 0.01
    total = admitted_by(
        redis_server,
        processes=4,
        quota=quota,
        algorithm=Algorithm.SLIDING_WINDOW,
        precision=Precision.LEASED,
        share=share,
    )
    assert quota * (1 - 4 * share) <= total <= quota


def test_a_lease_holds_no_more_than_its_share_and_spends_it_in_memory(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        async with running(redis_server, policy(10_000, precision=Precision.LEASED), share=0.02) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            most, by_redis = 0, 0
            for _ in range(5000):
                decision = await limiter.decide(plan)
                assert decision.allowed
                most = max(most, limiter._leases.held(plan))
                by_redis += decision.source is Source.REDIS
            assert 100 < most <= LeaseSettings(share=0.02).max_held(10_000) == 200
            assert by_redis == 0

    asyncio.run(scenario())


def test_the_over_admission_of_leases_after_a_pause_is_what_was_held_and_no_more(
    redis_server: RedisServer,
) -> None:
    """The stated bound, reached on purpose: units charged in one window are spent in a later one."""

    async def scenario() -> None:
        quota, share = 1000, 0.1
        snapshot = policy(quota, window_s=1, precision=Precision.LEASED, algorithm=Algorithm.SLIDING_LOG)
        async with running(redis_server, snapshot, share=share) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            while limiter._leases.held(plan) < 90:
                await limiter.decide(plan)
            with redis_server.client() as client:
                client.flushall()  # as if the window in which they were charged had passed
            limiter._leases._settings = LeaseSettings(share=share, fresh_s=100)
            verdicts = [await limiter.decide(plan) for _ in range(1500)]
            admitted = sum(decision.allowed for decision in verdicts)
            assert quota < admitted <= quota + share * quota

    asyncio.run(scenario())


def test_a_small_limit_is_decided_exactly_even_when_leased(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        snapshot = policy(50, precision=Precision.LEASED)
        async with running(redis_server, snapshot) as one, running(redis_server, snapshot) as two:
            admitted = 0
            for _ in range(60):
                for limiter in (one, two):
                    admitted += (await limiter.decide(limiter.planner.for_tenant("acme", "default"))).allowed
            assert admitted == 50

    asyncio.run(scenario())


def test_a_refusal_is_remembered_until_its_time_and_forgotten_with_the_policy(
    redis_server: RedisServer,
) -> None:
    async def scenario() -> None:
        async with running(redis_server, policy(2)) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            seen = [(await limiter.decide(plan)).source for _ in range(5)]
            assert seen == [Source.REDIS] * 3 + [Source.CACHE] * 2
            limiter.install(policy(4, version=2))
            decision = await limiter.decide(limiter.planner.for_tenant("acme", "default"))
            assert (decision.allowed, decision.remaining, decision.source) == (True, [1], Source.REDIS)

    asyncio.run(scenario())


def test_the_ceiling_of_one_server_is_exact_over_tenants_and_replicas(redis_server: RedisServer) -> None:
    """What the ceiling refuses costs the tenant nothing either."""

    async def scenario() -> None:
        snapshot = policy(100, ceiling=250)
        async with running(redis_server, snapshot) as one, running(redis_server, snapshot) as two:
            plans = [
                (limiter, limiter.planner.for_tenant(f"tenant-{n}", "default"))
                for n in range(5)
                for limiter in (one, two)
            ]
            rounds = [
                await asyncio.gather(*(limiter.decide(plan) for limiter, plan in plans)) for _ in range(60)
            ]
            assert sum(decision.allowed for decisions in rounds for decision in decisions) == 250
            left = [(await one.remaining(plan))[0] for limiter, plan in plans if limiter is one]
            assert sum(100 - units for units in left) == 250

    asyncio.run(scenario())


def test_one_call_of_the_server_decides_all_limits(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        async with running(redis_server, policy(1000, ceiling=500)) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            with redis_server.client() as client:
                before = client.info("commandstats")["cmdstat_evalsha"]["calls"]
                for _ in range(10):
                    await limiter.decide(plan)
                assert client.info("commandstats")["cmdstat_evalsha"]["calls"] - before == 10

    asyncio.run(scenario())
