"""From a subject and an endpoint group to one ready decision: which keys, which limits, which bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from platform_ratelimit.policy import (
    DEFAULT_GROUP,
    Algorithm,
    EndpointGroup,
    FailurePolicy,
    Limit,
    Limits,
    Mode,
    PolicySnapshot,
    Precision,
    Scope,
    Tier,
    pattern_regex,
)
from platform_ratelimit.script import command, pack_limits

if TYPE_CHECKING:
    from platform_ratelimit.lease import Lease

MOST_PLANS: Final = 20_000
MOST_PATHS: Final = 4096
LONGEST_PATH: Final = 256
CEILING_KEY: Final = b"rl:{platform}:c"


@dataclass(frozen=True, slots=True)
class PlannedLimit:
    """A limit as it applies to a plan: its effective quota and whose budget it is."""

    limit: Limit
    scope: Scope


@dataclass(frozen=True, slots=True)
class PlannedKey:
    """One Redis key and the windows that live in it."""

    name: bytes
    limits: tuple[PlannedLimit, ...]


class Plan:
    """One decision, made ready: everything that does not change from request to request.

    `denial` is the last refusal; it holds until `denied_until` (monotonic seconds) and is believed until
    `recheck_at`, so that a client that keeps coming costs no round trip. A plan belongs to one snapshot,
    and so does what it remembers.
    """

    __slots__ = (
        "arguments", "blocked", "denial", "denied_until", "failure", "fields", "group", "keys", "lease", "leased",
        "limits", "mode", "names", "recheck_at", "subject", "tenant", "tier", "wire",
    )  # fmt: skip

    def __init__(
        self,
        *,
        subject: str,
        tenant: str | None,
        tier: str,
        group: str,
        keys: tuple[PlannedKey, ...],
        failure: FailurePolicy,
        mode: Mode,
        precision: Precision,
        blocked: bool,
    ) -> None:
        self.subject, self.tenant, self.tier, self.group = subject, tenant, tier, group
        self.keys, self.failure, self.mode, self.blocked = keys, failure, mode, blocked
        self.limits = tuple(limit for key in keys for limit in key.limits)
        self.leased = precision is Precision.LEASED and bool(self.limits)
        self.lease: Lease | None = None
        self.names = [key.name for key in keys]
        self.arguments = pack_limits([[planned.limit for planned in key.limits] for key in keys])
        self.wire = command(self.names, self.arguments, wanted=1)
        self.denied_until = self.recheck_at = 0.0
        self.denial: Sequence[int] = ()
        self.fields: tuple[
            tuple[bytes, bytes], ...
        ] = ()  # header text that never changes; filled by the serializer

    def __repr__(self) -> str:
        return f"Plan({self.subject!r}, {self.group!r}, {[key.name for key in self.keys]})"


class Planner:
    """The plans of one snapshot, each built once."""

    def __init__(self, snapshot: PolicySnapshot, *, ceiling_in_plan: bool = True) -> None:
        """`ceiling_in_plan` is false where keys of two tenants cannot meet in one script (Redis Cluster)."""
        self.snapshot = snapshot
        self._ceiling_in_plan = ceiling_in_plan
        self._plans: dict[tuple[str, str], Plan] = {}
        self._groups: dict[str, str] = {}  # the first paths seen; what comes later is matched each time
        self._failures = {group.name: group.failure for group in snapshot.groups}
        self._group_regex = _group_regex(snapshot.groups)
        self.ceiling = self._ceiling_plan()

    def group_of(self, method: str, path: str) -> str:
        """The first endpoint group with a pattern that matches."""
        if self._group_regex is None:
            return DEFAULT_GROUP
        request = f"{method} {path}"
        known = self._groups.get(request)
        return known if known is not None else self._match(self._group_regex, request)

    def _match(self, regex: re.Pattern[str], request: str) -> str:
        match = regex.fullmatch(request)
        group = self.snapshot.groups[match.lastindex - 1].name if match and match.lastindex else DEFAULT_GROUP
        if len(self._groups) < MOST_PATHS and len(request) <= LONGEST_PATH:
            self._groups[request] = group
        return group

    def for_tenant(self, tenant: str, group: str) -> Plan:
        """The plan of a verified tenant."""
        plan = self._plans.get((tenant, group))
        return plan if plan is not None else self._add((tenant, group), self._tenant_plan(tenant, group))

    def for_address(self, address: str, group: str) -> Plan:
        """The plan of an address that shows no identity. `address` carries the prefix ``ip:``."""
        plan = self._plans.get((address, group))
        return plan if plan is not None else self._add((address, group), self._address_plan(address, group))

    def _add(self, key: tuple[str, str], plan: Plan) -> Plan:
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()  # an address storm: plans are cheap, memory is not
        self._plans[key] = plan
        return plan

    def _tenant_plan(self, tenant: str, group: str) -> Plan:
        snapshot, tier = self.snapshot, self.snapshot.tier_of(tenant)
        factor = snapshot.emergency.factor(tenant=tenant, tier=tier.name)
        known = snapshot.tenants.get(tenant)
        quotas = known.quotas if known else {}

        def effective(limits: Limits) -> Limits:
            return tuple(_with_quota(limit, quotas.get(limit.name, limit.quota) * factor) for limit in limits)

        prefix = f"rl:{{{tenant}}}"
        keys = [
            *_keys(f"{prefix}:t", effective(tier.limits), Scope.TENANT),
            *_keys(f"{prefix}:e:{group}", effective(tier.group_limits.get(group, ())), Scope.GROUP),
        ]
        return self._plan(
            tenant,
            group=group,
            tenant=tenant,
            tier=tier,
            keys=keys,
            blocked=tenant in snapshot.emergency.blocked,
        )

    def _address_plan(self, address: str, group: str) -> Plan:
        tier = self.snapshot.anonymous or Tier(name="anonymous")
        factor = self.snapshot.emergency.factor(tenant=None, tier=tier.name)

        def effective(limits: Limits) -> Limits:
            return tuple(_with_quota(limit, limit.quota * factor) for limit in limits)

        prefix = f"rl:{{{address}}}"
        keys = [
            *_keys(prefix, effective(tier.limits), Scope.IP),
            *_keys(f"{prefix}:e:{group}", effective(tier.group_limits.get(group, ())), Scope.IP),
        ]
        return self._plan(address, group=group, tenant=None, tier=tier, keys=keys, blocked=False)

    def _plan(
        self,
        subject: str,
        *,
        group: str,
        tenant: str | None,
        tier: Tier,
        keys: list[PlannedKey],
        blocked: bool,
    ) -> Plan:
        if self._ceiling_in_plan:
            keys = [*keys, *self._ceiling_keys()]
        return Plan(
            subject=subject,
            tenant=tenant,
            tier=tier.name,
            group=group,
            keys=tuple(keys),
            failure=self._failures.get(group, FailurePolicy.LOCAL),
            mode=self.snapshot.rollout.mode_of(subject),
            precision=tier.precision,
            blocked=blocked,
        )

    def _ceiling_keys(self) -> tuple[PlannedKey, ...]:
        factor = self.snapshot.emergency.everything
        limits = tuple(_with_quota(limit, limit.quota * factor) for limit in self.snapshot.ceiling)
        return tuple(_keys(CEILING_KEY.decode(), limits, Scope.PLATFORM))

    def _ceiling_plan(self) -> Plan | None:
        if self._ceiling_in_plan or not self.snapshot.ceiling:
            return None
        return Plan(
            subject="platform",
            tenant=None,
            tier="platform",
            group=DEFAULT_GROUP,
            keys=self._ceiling_keys(),
            failure=FailurePolicy.LOCAL,
            mode=self.snapshot.rollout.mode,
            precision=Precision.LEASED,
            blocked=False,
        )


def _with_quota(limit: Limit, quota: float) -> Limit:
    whole = min(max(1, int(quota)), 2**32 - 1)
    if whole == limit.quota:
        return limit
    return Limit(name=limit.name, quota=whole, window_s=limit.window_s, algorithm=limit.algorithm)


def _keys(name: str, limits: Limits, scope: Scope) -> Iterator[PlannedKey]:
    """One key for all counters; one of its own for each sliding log."""
    counted = tuple(
        PlannedLimit(limit, scope) for limit in limits if limit.algorithm is not Algorithm.SLIDING_LOG
    )
    if counted:
        yield PlannedKey(name.encode(), counted)
    for limit in limits:
        if limit.algorithm is Algorithm.SLIDING_LOG:
            yield PlannedKey(f"{name}:l{limit.window_ms}".encode(), (PlannedLimit(limit, scope),))


def _group_regex(groups: tuple[EndpointGroup, ...]) -> re.Pattern[str] | None:
    if not groups:
        return None
    return re.compile(
        "|".join(f"({'|'.join(map(pattern_regex, group.patterns)) or '(?!)'})" for group in groups), re.DOTALL
    )
