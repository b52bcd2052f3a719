"""What `platformctl ratelimit` does: one function for each verb, all through the admin API."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from platformctl.app.ratelimit_api import ApiError, RateLimitApi, Seen
from platformctl.errors import UsageError
from platformctl.sources.documents import Json

Fields = dict[str, Json]
_ATTEMPTS: Final = 5
_CONFLICT: Final = 412


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A tenant at the limiter. `tenant` is empty where it is not entered and has the default tier.

    `mode` is how far the limiter goes with it, `rollout` that of all. `state` is the ETag: a change that names it is
    refused when somebody else was faster.
    """

    id: str
    tier: str
    tenant: Fields
    limits: tuple[Fields, ...]
    emergency: Fields
    rollout: Fields
    mode: str
    version: int
    state: str


def show(api: RateLimitApi, tenant: str) -> Shown:
    """The tenant's tier, the limits in force and what is particular to it."""
    found, policy = api.find("tenants", tenant), api.get("policy").fields
    fields = found.fields if found else {}
    return Shown(
        id=tenant,
        tier=str(fields.get("tier", policy["default_tier"])),
        tenant=fields,
        limits=_objects(api.get("tenants", tenant, "limits")),
        emergency=api.get("emergency").fields,
        rollout=api.get("rollout").fields,
        mode=str(api.get("tenants", tenant, "rollout").fields["mode"]),
        version=cast(int, policy["version"]),
        state=found.etag if found else "",
    )


def usage(api: RateLimitApi, tenant: str) -> tuple[Fields, ...]:
    """What is left of each of the tenant's limits; asking costs it nothing."""
    return _objects(api.get("tenants", tenant, "usage"))


def audit(api: RateLimitApi, subject: str | None, *, most: int) -> tuple[Fields, ...]:
    """Who changed what, the latest first. A subject is ``tenant:acme``, ``tier:gold``, ``emergency``…"""
    params = {"most": str(most)} | ({"subject": subject} if subject else {})
    return _objects(api.get("audit", **params))


def set_tier(api: RateLimitApi, tenant: str, tier: str, *, state: str = "", reason: str = "") -> Shown:
    """Enter the tenant, or move it; `state` is what the caller saw, empty for what is there now."""
    api.put("tenants", tenant, body={"tier": tier}, seen=state or _state(api, tenant), reason=reason)
    return show(api, tenant)


def rollout(api: RateLimitApi) -> Fields:
    """How far the limiter may go: the mode, for how many percent of the tenants, and tenants by name."""
    return api.get("rollout").fields


def set_rollout(api: RateLimitApi, mode: str | None, *, percent: int | None, reason: str = "") -> Fields:
    """Off, shadow or enforce for a percentage of the tenants; None keeps what is there."""
    wanted: Fields = {"mode": mode, "percent": percent}
    given: Fields = {name: value for name, value in wanted.items() if value is not None}
    return _change(api, "rollout", lambda now: {**now, **given}, reason=reason)


def set_tenant_rollout(api: RateLimitApi, tenant: str, mode: str | None, *, reason: str = "") -> Shown:
    """Off, shadow or enforce for one tenant; None for what holds for all."""

    def change(now: Fields) -> Fields:
        return {**now, "tenants": _with(now, "tenants", tenant, mode)}

    _change(api, "rollout", change, reason=reason)
    return show(api, tenant)


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A tenant's own quota for one limit of its tier; without a quota, its end."""

    tenant: str
    limit: str
    quota: int | None
    until: datetime | None = None


def override(api: RateLimitApi, wanted: Override, *, state: str = "", reason: str = "") -> Shown:
    """Give a tenant its own quota, or take it back. A tenant that is not entered is entered first."""
    path = ("tenants", wanted.tenant, "overrides", wanted.limit)
    seen = state or _state(api, wanted.tenant)
    if wanted.quota is None:
        api.delete(*path, seen=seen, reason=reason)
    else:
        if not seen:
            seen = api.put("tenants", wanted.tenant, body={"tier": None}, reason=reason).etag
        until = wanted.until.isoformat() if wanted.until else None
        api.put(*path, body={"quota": wanted.quota, "expires_at": until}, seen=seen, reason=reason)
    return show(api, wanted.tenant)


def new_key(api: RateLimitApi, tenant: str, label: str, *, reason: str = "") -> str:
    """Give the tenant an API key; only its digest is sent, and nobody can show it again."""
    key = secrets.token_urlsafe(32)
    body: Json = {"sha256": hashlib.sha256(key.encode()).hexdigest()}
    seen = api.find("tenants", tenant, "api-keys")
    api.put("tenants", tenant, "api-keys", label, body=body, seen=seen.etag if seen else "", reason=reason)
    return key


def revoke_key(api: RateLimitApi, tenant: str, label: str, *, reason: str = "") -> None:
    """End an API key of the tenant."""
    seen = api.get("tenants", tenant, "api-keys")
    if label not in cast(Fields, seen.fields["keys"]):
        known = ", ".join(cast(Fields, seen.fields["keys"])) or "none"
        raise UsageError(f"{tenant} has no key {label!r}", fix=f"its keys: {known}")
    api.delete("tenants", tenant, "api-keys", label, seen=seen.etag, reason=reason)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Whom an emergency is for: a tenant, a tier, or everything where neither is named."""

    tenant: str | None = None
    tier: str | None = None

    def __post_init__(self) -> None:
        if self.tenant and self.tier:
            raise UsageError("a tenant and a tier are two emergencies", fix="call it once for each")


def tighten(api: RateLimitApi, target: Target, factor: float, *, reason: str) -> Fields:
    """Multiply every quota of the target by a factor, on all replicas within a second."""
    return _change(api, "emergency", lambda now: _with_factor(now, target, factor), reason=reason)


def block(api: RateLimitApi, tenant: str, *, reason: str) -> Fields:
    """Shut a tenant out."""

    def change(now: Fields) -> Fields:
        return {**now, "blocked": [*sorted({*_names(now), tenant})]}

    return _change(api, "emergency", change, reason=reason)


def release(api: RateLimitApi, target: Target, *, reason: str) -> Fields:
    """Take back factor and block of a tenant or a tier; of everybody where neither is named."""
    if target == Target():
        return _change(api, "emergency", lambda _: {}, reason=reason)

    def change(now: Fields) -> Fields:
        freed = _with_factor(now, target, None)
        return {**freed, "blocked": [name for name in _names(now) if name != target.tenant]}

    return _change(api, "emergency", change, reason=reason)


def _with_factor(now: Fields, target: Target, factor: float | None) -> Fields:
    if target.tenant:
        return {**now, "tenants": _with(now, "tenants", target.tenant, factor)}
    if target.tier:
        return {**now, "tiers": _with(now, "tiers", target.tier, factor)}
    return {**now, "everything": factor}


def _with(document: Fields, member: str, key: str, value: Json) -> Json:
    """The object `member` with one entry set, or without it where the value is None."""
    kept = {k: v for k, v in cast(Mapping[str, Json], document.get(member) or {}).items() if k != key}
    return kept if value is None else {**kept, key: value}


def _names(emergency: Fields) -> list[str]:
    return cast(list[str], emergency.get("blocked") or [])


def _change(api: RateLimitApi, part: str, change: Callable[[Fields], Fields], *, reason: str) -> Fields:
    """Change one entry of a part that others change too: their entries are kept, whoever is first."""
    attempts = 0
    while True:
        seen = api.get(part)
        try:
            return api.put(part, body=change(seen.fields), seen=seen.etag, reason=reason).fields
        except ApiError as error:
            attempts += 1
            if error.status != _CONFLICT or attempts == _ATTEMPTS:
                raise


def _state(api: RateLimitApi, tenant: str) -> str:
    found = api.find("tenants", tenant)
    return found.etag if found else ""


def _objects(seen: Seen) -> tuple[Fields, ...]:
    return tuple(cast(list[Fields], seen.body))
