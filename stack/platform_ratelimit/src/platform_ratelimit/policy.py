"""What is limited, as values: limits, tiers, tenants, endpoint groups, and one snapshot of them all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zlib import crc32

from platform_ratelimit.errors import PolicyError

DEFAULT_GROUP: Final = "default"
LONGEST_WINDOW_S: Final = 400 * 86_400
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")


def valid_name(name: str) -> bool:
    """True for 1 to 64 letters, digits, ``_ . -``: safe in a Redis key, a header, a label and a log."""
    return _NAME.fullmatch(name) is not None


def _check_name(name: str, *, where: str) -> None:
    if not valid_name(name):
        raise PolicyError(
            f"{name!r} is not a name", where=where, fix="use 1 to 64 letters, digits, '_', '.', '-'"
        )


class Algorithm(StrEnum):
    """How a window is counted, with the most it may admit in any trailing window, for a quota of L."""

    SLIDING_WINDOW = "sliding-window"  # two counters; below 2 L against an adversary, within 3 % on the whole
    SMOOTH = "smooth"  # GCRA with a burst of L/10; below 1.1 L + 1
    SLIDING_LOG = "sliding-log"  # every admission's time; exactly L, at one list entry each


class Precision(StrEnum):
    """Where a decision is made."""

    EXACT = "exact"  # one round trip each
    LEASED = (
        "leased"  # in memory, from units leased ahead: at most processes * lease share * L more than exact
    )


class Scope(StrEnum):
    """Whose budget a limit is."""

    TENANT = "tenant"
    GROUP = "group"
    IP = "ip"
    PLATFORM = "platform"


class FailurePolicy(StrEnum):
    """What happens to requests while Redis cannot decide."""

    LOCAL = "local"  # limit in this process, at its fair share
    OPEN = "open"
    CLOSED = "closed"


class Mode(StrEnum):
    """How far the limiter may go."""

    OFF = "off"
    SHADOW = "shadow"  # decide, log and count, never block
    ENFORCE = "enforce"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `quota` requests in any `window_s`, as well as `algorithm` can tell."""

    name: str
    quota: int
    window_s: float
    algorithm: Algorithm = Algorithm.SLIDING_WINDOW

    def __post_init__(self) -> None:
        _check_name(self.name, where="limit")
        if not 1 <= self.quota < 2**32:
            raise PolicyError(f"a quota of {self.quota}", where=self.name, fix="use 1 to 4294967295")
        if not 0.001 <= self.window_s <= LONGEST_WINDOW_S or self.window_ms != self.window_s * 1000:
            raise PolicyError(
                f"a window of {self.window_s} s",
                where=self.name,
                fix="use whole milliseconds, at most 400 days",
            )

    @property
    def window_ms(self) -> int:
        """The window in milliseconds."""
        return round(self.window_s * 1000)

    @property
    def burst(self) -> int:
        """What the smooth algorithm lets through at once: a tenth of the quota."""
        return max(1, self.quota // 10)


Limits = tuple[Limit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """The limits of a subject: those over all endpoints, and those of single endpoint groups."""

    name: str
    limits: Limits = ()
    group_limits: Mapping[str, Limits] = field(default_factory=dict)
    precision: Precision = Precision.EXACT

    def __post_init__(self) -> None:
        _check_name(self.name, where="tier")
        names = [limit.name for limits in (self.limits, *self.group_limits.values()) for limit in limits]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise PolicyError(f"two limits named {doubled[0]!r}", where=f"tier {self.name}", fix="rename one")
        for limits in (self.limits, *self.group_limits.values()):
            _check_windows(limits, where=f"tier {self.name}")


def _check_windows(limits: Limits, *, where: str) -> None:
    windows = [(limit.window_ms, limit.algorithm) for limit in limits]
    if len(set(windows)) < len(windows):
        raise PolicyError(
            "two limits of one scope share a window and an algorithm", where=where, fix="keep the smaller one"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """A tenant, its tier, and the quotas (by limit name) in which it differs from the tier."""

    id: str
    tier: str
    quotas: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_name(self.id, where="tenant")


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointGroup:
    """Endpoints that share a budget. A pattern is a path, after an optional method: ``POST /auth/*``.

    ``*`` stands for one path segment; a last ``**`` for the rest of the path, whatever it is.
    """

    name: str
    patterns: tuple[str, ...]
    failure: FailurePolicy = FailurePolicy.LOCAL

    def __post_init__(self) -> None:
        _check_name(self.name, where="endpoint group")
        for pattern in self.patterns:
            pattern_regex(pattern)


def pattern_regex(pattern: str) -> str:
    """The regular expression that ``METHOD path`` of a matching request matches whole."""
    method, _, path = pattern.rpartition(" ")
    if not path.startswith("/") or (method and not re.fullmatch("[A-Z]+", method)):
        raise PolicyError(
            f"{pattern!r} is not a pattern", where="endpoint group", fix="write /path/* or METHOD /path/**"
        )
    rest = path.endswith("/**")
    body = (path[:-3] if rest else path.rstrip("/")).split("/")
    regex = "/".join("[^/]+" if part == "*" else re.escape(part) for part in body)
    return f"{method or '[^ ]+'} {regex}{'(?:/.*)?' if rest else '/?'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowList:
    """Who is never limited. A user agent is what the client says it is: allow only on closed networks."""

    networks: tuple[str, ...] = ()
    user_agents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for network in self.networks:
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise PolicyError(str(error), where="allow-list", fix="write 192.0.2.0/24") from error
        if "" in self.user_agents:
            raise PolicyError("an empty user agent", where="allow-list", fix="remove it")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """The feature flag: `mode` for `percent` of the tenants (always the same), a step less for others."""

    mode: Mode = Mode.ENFORCE
    percent: int = 100
    tenants: Mapping[str, Mode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise PolicyError(f"{self.percent} percent", where="rollout", fix="use 0 to 100")

    def mode_of(self, subject: str) -> Mode:
        """The mode for a tenant or an address."""
        if subject in self.tenants:
            return self.tenants[subject]
        if self.percent == 100 or crc32(subject.encode()) % 100 < self.percent:
            return self.mode
        return Mode.SHADOW if self.mode is Mode.ENFORCE else Mode.OFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Emergency:
    """Factors on every quota (everything, a tier, a tenant: they multiply), and tenants that are shut out."""

    everything: float = 1.0
    tiers: Mapping[str, float] = field(default_factory=dict)
    tenants: Mapping[str, float] = field(default_factory=dict)
    blocked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for factor in (self.everything, *self.tiers.values(), *self.tenants.values()):
            if not 0 < factor <= 1000:
                raise PolicyError(
                    f"a factor of {factor}", where="emergency", fix="use a factor above 0; block shuts out"
                )

    def factor(self, *, tenant: str | None, tier: str) -> float:
        """What to multiply a quota with."""
        own = self.tenants.get(tenant, 1.0) if tenant else 1.0
        return self.everything * self.tiers.get(tier, 1.0) * own


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicySnapshot:
    """Everything a decision needs to know, immutable; a change makes a new snapshot with a higher version."""

    version: int
    tiers: Mapping[str, Tier]
    default_tier: str
    tenants: Mapping[str, Tenant] = field(default_factory=dict)
    groups: tuple[EndpointGroup, ...] = ()
    anonymous: Tier | None = None  # the limits of an address that shows no identity
    ceiling: Limits = ()  # of the whole platform
    allow: AllowList = field(default_factory=AllowList)
    rollout: Rollout = field(default_factory=Rollout)
    emergency: Emergency = field(default_factory=Emergency)
    api_keys: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # SHA-256 of the key, in hex -> tenant

    def __post_init__(self) -> None:
        for name, value in (("tiers", self.tiers), ("tenants", self.tenants), ("api_keys", self.api_keys)):
            object.__setattr__(self, name, MappingProxyType(dict(value)))
        _check_windows(self.ceiling, where="platform ceiling")
        for tier in (self.default_tier, *(tenant.tier for tenant in self.tenants.values())):
            if tier not in self.tiers:
                raise PolicyError(
                    f"no tier {tier!r}", where="policy", fix=f"use one of {', '.join(sorted(self.tiers))}"
                )
        names = {group.name for group in self.groups} | {DEFAULT_GROUP}
        for tier_value in (*self.tiers.values(), *([self.anonymous] if self.anonymous else [])):
            if unknown := sorted(set(tier_value.group_limits) - names):
                raise PolicyError(
                    f"no endpoint group {unknown[0]!r}",
                    where=f"tier {tier_value.name}",
                    fix="add it to the groups",
                )

    def tier_of(self, tenant: str) -> Tier:
        """The tenant's tier; the default one for a tenant nobody has entered yet."""
        known = self.tenants.get(tenant)
        return self.tiers[known.tier if known else self.default_tier]
