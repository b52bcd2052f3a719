"""What contracts say beside the objectives: excluded time and credits."""

from __future__ import annotations

from dataclasses import dataclass

from platformctl.model import _guard
from platformctl.model.tenancy import Objective, Tenant, Tier
from platformctl.sla.credit import CreditTable
from platformctl.sla.exclusion import Exclusion
from platformctl.sla.fault import Established
from platformctl.sla.recurrence import Recurring
from platformctl.sla.timeline import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Tenants, tiers, excluded time and credit tables of a platform.

    faults: what post-mortems established. throttled_ours: tiers whose throttled requests count as failed.
    """

    tenants: tuple[Tenant, ...]
    tiers: tuple[Tier, ...]
    exclusions: tuple[Exclusion, ...] = ()
    recurring: tuple[Recurring, ...] = ()
    credits: tuple[CreditTable, ...] = ()
    faults: tuple[Established, ...] = ()
    throttled_ours: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _guard.unique((*(e.id for e in self.exclusions), *(r.id for r in self.recurring)), what="exclusion")
        _guard.unique((f.id for f in self.faults), what="incident")
        _guard.unique((tier for table in self.credits for tier in table.tiers), what="credit table of tier")

    def excluded(self, span: Interval) -> tuple[Exclusion, ...]:
        """The windows that touch the span, those that recur among them."""
        again = (window for recurring in self.recurring for window in recurring.within(span))
        return (*(e for e in self.exclusions if e.when.clipped(span)), *again)

    def objective(self, tenant: Tenant, sli: str) -> Objective | None:
        """What the tenant was promised: by its own contract, else by its tier."""
        return self._own(tenant, sli) or self._by_tier(tenant, sli)

    def threshold(self, tenant: Tenant, sli: str) -> str:
        """The latency threshold of the tenant's tier, as ``500ms``; empty where there is none."""
        promised = self._by_tier(tenant, sli)
        return str(promised.latency_threshold) if promised and promised.latency_threshold else ""

    def credit_table(self, tenant: Tenant) -> CreditTable | None:
        """The credit table of the tenant's tier."""
        return next((table for table in self.credits if tenant.tier in table.tiers), None)

    def _own(self, tenant: Tenant, sli: str) -> Objective | None:
        return next((o for o in tenant.objectives if o.sli == sli), None)

    def _by_tier(self, tenant: Tenant, sli: str) -> Objective | None:
        tier = next(t for t in self.tiers if t.name == tenant.tier)
        return next((o for o in tier.objectives if o.sli == sli), None)
