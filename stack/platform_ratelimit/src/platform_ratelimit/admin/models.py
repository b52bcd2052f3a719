"""What the admin API speaks: the policy's parts as JSON, checked by the policy's own constructors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from platform_ratelimit.policy import (
    Algorithm,
    AllowList,
    EndpointGroup,
    FailurePolicy,
    Limit,
    Limits,
    Mode,
    Precision,
    Rollout,
    Tier,
)

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Quota = Annotated[int, Field(ge=1, lt=2**32)]
Factor = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class Model(BaseModel):
    """Unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitModel(Model):
    """At most `quota` requests in any `window_s` seconds."""

    name: Name
    quota: Quota
    window_s: Annotated[float, Field(ge=0.001, le=400 * 86_400, allow_inf_nan=False)]
    algorithm: Algorithm = Algorithm.SLIDING_WINDOW

    def value(self) -> Limit:
        """The limit."""
        return Limit(name=self.name, quota=self.quota, window_s=self.window_s, algorithm=self.algorithm)


def limit_models(limits: Limits) -> list[LimitModel]:
    """The limits as JSON."""
    return [
        LimitModel(name=one.name, quota=one.quota, window_s=one.window_s, algorithm=one.algorithm)
        for one in limits
    ]


class TierModel(Model):
    """The limits of a tier, over everything and by endpoint group."""

    precision: Precision = Precision.EXACT
    limits: Annotated[list[LimitModel], Field(max_length=16)] = []
    group_limits: dict[Name, Annotated[list[LimitModel], Field(max_length=16)]] = {}

    def value(self, name: str) -> Tier:
        """The tier."""
        return Tier(
            name=name,
            limits=tuple(one.value() for one in self.limits),
            group_limits={
                group: tuple(one.value() for one in many) for group, many in self.group_limits.items()
            },
            precision=self.precision,
        )

    @classmethod
    def of(cls, tier: Tier) -> Self:
        """The tier as JSON."""
        groups = {group: limit_models(limits) for group, limits in sorted(tier.group_limits.items())}
        return cls(precision=tier.precision, limits=limit_models(tier.limits), group_limits=groups)


class GroupModel(Model):
    """Endpoints that share a budget."""

    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    patterns: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=512)]], Field(min_length=1, max_length=256)
    ]
    failure: FailurePolicy = FailurePolicy.LOCAL

    def value(self, name: str) -> EndpointGroup:
        """The endpoint group."""
        return EndpointGroup(name=name, patterns=tuple(self.patterns), failure=self.failure)


class CeilingModel(Model):
    """The limits of the whole platform."""

    limits: Annotated[list[LimitModel], Field(max_length=16)] = []


class TenantModel(Model):
    """A tenant's tier; a new tenant without one gets the default."""

    tier: Name | None = None


class Move(Model):
    """A tenant on its way from one tier to another; none is: not entered."""

    tenant: Name
    before: Name | None = None
    after: Name | None = None


class Moves(Model):
    """Tenants that are entered, moved and forgotten together; each must still be where `before` says."""

    moves: Annotated[list[Move], Field(min_length=1, max_length=20_000)]


class Moved(Model):
    """How many tenants were entered, moved or forgotten."""

    moved: int


class EffectiveLimit(Model):
    """A limit as it is in force for a tenant: override and emergency factors included."""

    name: str
    scope: str
    group: str | None
    quota: int
    tier_quota: int
    window_s: float
    algorithm: Algorithm


class OverrideModel(Model):
    """A tenant's own quota for one limit of its tier, until it expires."""

    quota: Quota
    expires_at: AwareDatetime | None = None


class OverrideView(Model):
    """An override as it stands."""

    quota: int
    expires_at: datetime | None
    reason: str


class TenantView(Model):
    """A tenant with everything that is particular to it."""

    id: str
    tier: str
    overrides: dict[str, OverrideView]
    factor: float
    blocked: bool
    rollout_mode: Mode | None


class ApiKeyModel(Model):
    """An API key by its SHA-256 in hex: the key itself is never sent here."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ApiKeysView(Model):
    """A tenant's API keys: their labels, with the beginning of each digest to tell them apart."""

    keys: dict[str, str]


class AllowModel(Model):
    """Who is never limited. A user agent can be forged: only for closed networks."""

    networks: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=4096)] = []
    user_agents: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=255)]], Field(max_length=256)
    ] = []

    def value(self) -> AllowList:
        """The allow-list, without repetitions."""
        return AllowList(
            networks=tuple(dict.fromkeys(self.networks)), user_agents=tuple(dict.fromkeys(self.user_agents))
        )


class RolloutModel(Model):
    """The feature flag."""

    mode: Mode = Mode.ENFORCE
    percent: Annotated[int, Field(ge=0, le=100)] = 100
    tenants: dict[Name, Mode] = {}

    def value(self) -> Rollout:
        """The rollout."""
        return Rollout(mode=self.mode, percent=self.percent, tenants=self.tenants)


class TenantRollout(Model):
    """How far the limiter goes with one tenant, and whether that is set for this tenant by name."""

    mode: Mode
    own: bool


class EmergencyModel(Model):
    """Factors on quotas (they multiply) and tenants that are shut out. The defaults are the release."""

    everything: Factor = 1.0
    tiers: dict[Name, Factor] = {}
    tenants: dict[Name, Factor] = {}
    blocked: list[Name] = []


class PolicyView(Model):
    """Which policy the database holds."""

    version: int
    default_tier: str
    tiers: list[str]
    groups: list[str]
    tenants: int


class LimitUsage(Model):
    """What is left of a limit."""

    name: str
    scope: str
    quota: int
    remaining: int


class AuditView(Model):
    """One change."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    before: object
    after: object
    version: int
