"""What one process holds of a limit, over all the plans that share it."""

from __future__ import annotations

import asyncio

from unit.ratelimit.leasing import Granting, most_held, one_more, plans

from platform_ratelimit.lease import Leases, LeaseSettings


def test_groups_that_refill_at_once_hold_no_more_than_the_share_together() -> None:
    backend, settings = Granting(), LeaseSettings(share=0.01, busy_s=100)
    leases = Leases(settings, backend.ask)
    most = asyncio.run(most_held(leases, backend, plans(quota=10_000)))
    assert 50 < most <= settings.max_held(10_000) == 100


def test_a_unit_given_back_is_spent_again_and_never_one_too_many() -> None:
    async def scenario() -> None:
        leases, plan = Leases(LeaseSettings(share=0.01, most_units=3), Granting().ask), plans(10_000)[0]
        assert (await one_more(leases, plan)).allowed
        await asyncio.sleep(0.01)  # what was asked for ahead has come
        assert leases.held(plan) == 2
        for _ in range(5):
            leases.give_back(plan)
        assert leases.held(plan) == 3

    asyncio.run(scenario())


def test_what_a_leased_answer_tells_counts_the_units_in_hand() -> None:
    async def scenario() -> None:
        leases, plan = Leases(LeaseSettings(share=0.01, busy_s=100), Granting().ask), plans(10_000)[0]
        for _ in range(20):
            decision = await one_more(leases, plan)
            assert decision.left_of(0) == decision.remaining[0] == 10_000 + leases.held(plan)

    asyncio.run(scenario())
