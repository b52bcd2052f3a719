"""From an HTTP request to its decision: who asks, for what, and may they."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from platform_ratelimit.address import Networks, TrustedProxies, subject_of
from platform_ratelimit.asgi import Scope, header
from platform_ratelimit.decision import Decision
from platform_ratelimit.denials import DenialLog
from platform_ratelimit.identity import Identify, nobody
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.plan import Plan, Planner
from platform_ratelimit.policy import AllowList, Mode

_OFF: Final = Mode.OFF  # an enumeration's member costs a call each time it is named


@dataclass(kw_only=True, slots=True)
class Gate:
    """Reads identity, address and endpoint group off a request, and asks the limiter."""

    limiter: Limiter
    identify: Identify = nobody
    proxies: TrustedProxies = field(default_factory=TrustedProxies)
    mark: GatewayMark | None = None  # what the gateway's decision service signs: one request, one charge
    annotate: Callable[[Decision], None] | None = None  # e.g. tracing.annotate_span
    denials: DenialLog = field(default_factory=DenialLog)
    _allow: AllowList | None = None
    _allowed_networks: Networks = field(default_factory=lambda: Networks(()))

    async def decide(self, scope: Scope, *, method: str, path: str) -> Decision | None:
        """The decision; None where the request is not limited at all."""
        planner = self.limiter.planner
        if self._is_exempt(scope, planner):
            return None
        plan = self.plan_of(scope, planner, planner.group_of(method, path))
        if plan.mode is _OFF:
            return None
        decision = await self.limiter.decide(plan)
        if not decision.allowed:
            self.denials.note(decision, scope)
        if self.annotate is not None:
            self.annotate(decision)
        return decision

    def plan_of(self, scope: Scope, planner: Planner, group: str) -> Plan:
        """The tenant's plan, or the address's where no tenant is proven."""
        tenant = self.identify(scope)
        if tenant is not None:
            return planner.for_tenant(tenant, group)
        return planner.for_address(subject_of(self.proxies.client(scope)), group)

    def _is_exempt(self, scope: Scope, planner: Planner) -> bool:
        allow = planner.snapshot.allow
        if allow is not self._allow:
            self._allow, self._allowed_networks = allow, Networks(allow.networks)
        if self._allowed_networks and self.proxies.client(scope) in self._allowed_networks:
            return True
        if allow.user_agents:
            agent = header(scope, b"user-agent")
            if agent is not None and agent in allow.user_agents:
                return True
        return self.mark is not None and self.proxies.trusts(scope) and self.mark.is_on(scope)
