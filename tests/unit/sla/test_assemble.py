"""Evidence that contradicts itself gives no figure."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from platformctl.errors import PlatformError
from platformctl.model.tenancy import Tenant, Tier, Vertical
from platformctl.sla.assemble import Asked, report
from platformctl.sla.evidence import Border, EventTallies, Evidence, Forgiven, Tally, Watch
from platformctl.sla.exclusion import Exclusion, Segment
from platformctl.sla.period import day
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval

DAY = datetime(2026, 10, 20, tzinfo=UTC)
WHEN = Interval(start=DAY, end=DAY + timedelta(hours=1))
INN = Tenant(id="inn", name="Inn", vertical=Vertical.HOTELS, tier="gold")


def made(*, total: int, bad: int, in_window: int) -> object:
    events, excluded = EventTallies(), Tally()
    events.total.add("inn", "availability", total)
    events.bad.add("inn", "availability", bad)
    excluded.add("inn", "availability", in_window)
    window = Exclusion(id="w", when=WHEN, reason="agreed")
    evidence = Evidence(
        watch=Watch(observed=frozenset(WHEN.ends)),
        events=events,
        borders=defaultdict(Border),
        down={},
        forgiven=(Forgiven(segment=Segment(when=WHEN, exclusions=(window,)), bad=excluded),),
        objectives={},
        incidents=(),
        fault_minutes={},
        past={},
        hours=(),
        queries=(),
    )
    asked = Asked(
        period=day(DAY.date(), "UTC"),
        until=DAY + timedelta(days=1),
        scope="all tenants",
        tenants=(INN,),
        detailed=False,
    )
    gold = Tier(name="gold", rank=1, objectives=(), requests_per_minute=1)
    return report(asked, evidence, Terms(tenants=(INN,), tiers=(gold,)))


def test_agreeing_evidence_makes_a_report() -> None:
    assert made(total=10, bad=3, in_window=3)


@pytest.mark.parametrize(("total", "bad", "in_window"), [(10, 11, 0), (10, 3, 4)])
def test_replicas_that_disagree_give_no_figure(total: int, bad: int, in_window: int) -> None:
    with pytest.raises(PlatformError, match="the history contradicts itself: of inn it holds 10"):
        made(total=total, bad=bad, in_window=in_window)
