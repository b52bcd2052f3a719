"""The routes of the admin API."""
# No postponed annotations here: FastAPI could not see the names inside `admin_router`.

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.admin import views
from platform_ratelimit.admin.auth import Authenticate
from platform_ratelimit.admin.editor import Announce, Editor, etag
from platform_ratelimit.admin.models import (
    NAME_PATTERN,
    AllowModel,
    ApiKeyModel,
    ApiKeysView,
    AuditView,
    CeilingModel,
    EffectiveLimit,
    EmergencyModel,
    GroupModel,
    LimitUsage,
    Moved,
    Moves,
    OverrideModel,
    PolicyView,
    RolloutModel,
    TenantModel,
    TenantRollout,
    TenantView,
    TierModel,
)
from platform_ratelimit.db import api_keys, edit
from platform_ratelimit.db.edit import PolicyStore
from platform_ratelimit.db.tables import ApiKeyRow, OverrideRow

Part = TypeVar("Part", bound=BaseModel)
Usage = Callable[[str], Awaitable[list[LimitUsage]]]
Name = Annotated[str, Path(pattern=NAME_PATTERN)]
Reason = Annotated[str, Query(max_length=500, description="Why: for the audit trail.")]
IfMatch = Annotated[str | None, Header(description="The ETag of what is to be replaced.")]
ERRORS: dict[int | str, dict[str, object]] = {
    401: {"description": "No super-admin's token"},
    404: {"description": "No such thing"},
    412: {"description": "It has changed meanwhile"},
    422: {"description": "What would come out is no policy"},
    428: {"description": "If-Match is missing"},
}


def admin_router(
    store: PolicyStore, *, authenticate: Authenticate, announce: Announce, usage: Usage
) -> APIRouter:
    """The router. `authenticate` is a dependency that yields the admin's name; `usage` asks the limiter."""
    router = APIRouter(tags=["rate limits"], dependencies=[Depends(authenticate)], responses=ERRORS)

    def editor(
        actor: Annotated[str, Depends(authenticate)], if_match: IfMatch = None, reason: Reason = ""
    ) -> Editor:
        return Editor(store=store, announce=announce, actor=actor, reason=reason, if_match=if_match)

    Edit = Annotated[Editor, Depends(editor)]  # noqa: N806

    async def show(view: Callable[[AsyncSession], Awaitable[Part | None]], response: Response) -> Part:
        async with store.reading() as session:
            found = await view(session)
        if found is None:
            raise HTTPException(404, "there is no such thing")
        response.headers["ETag"] = etag(found)
        return found

    @router.get("/policy")
    async def get_policy(response: Response) -> PolicyView:
        """The policy in short, and its version."""
        return await show(views.policy, response)

    @router.get("/tiers/{name}")
    async def get_tier(name: Name, response: Response) -> TierModel:
        """A tier's limits."""
        return await show(partial(views.tier, name=name), response)

    @router.put("/tiers/{name}")
    async def put_tier(name: Name, body: TierModel, edits: Edit, response: Response) -> TierModel:
        """Enter or replace a tier. Counters go on."""
        view = partial(views.tier, name=name)
        async with edits.replacing("put-tier", f"tier:{name}", view) as session:
            await edit.put_tier(session, body.value(name))
        return await show(view, response)

    @router.delete("/tiers/{name}", status_code=204)
    async def delete_tier(name: Name, edits: Edit) -> None:
        """Remove a tier that nobody is on."""
        view = partial(views.tier, name=name)
        async with edits.replacing("delete-tier", f"tier:{name}", view) as session:
            await edit.delete_tier(session, name)

    @router.put("/default-tier/{name}")
    async def put_default_tier(name: Name, edits: Edit, response: Response) -> PolicyView:
        """The tier of tenants that are not entered with another one."""
        async with edits.replacing("put-default-tier", "default-tier", views.policy) as session:
            await edit.set_default_tier(session, name)
        return await show(views.policy, response)

    @router.get("/groups/{name}")
    async def get_group(name: Name, response: Response) -> GroupModel:
        """An endpoint group."""
        return await show(partial(views.group, name=name), response)

    @router.put("/groups/{name}")
    async def put_group(name: Name, body: GroupModel, edits: Edit, response: Response) -> GroupModel:
        """Enter or replace an endpoint group; the first match by position wins."""
        view = partial(views.group, name=name)
        async with edits.replacing("put-group", f"group:{name}", view) as session:
            await edit.put_group(session, body.value(name), position=body.position)
        return await show(view, response)

    @router.delete("/groups/{name}", status_code=204)
    async def delete_group(name: Name, edits: Edit) -> None:
        """Remove an endpoint group that no tier limits."""
        view = partial(views.group, name=name)
        async with edits.replacing("delete-group", f"group:{name}", view) as session:
            await edit.delete_group(session, name)

    @router.get("/tenants")
    async def list_tenants(
        after: Annotated[str, Query(max_length=64)] = "", most: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> list[str]:
        """Tenants by name, a page at a time: `after` is the last name of the page before."""
        async with store.reading() as session:
            return await views.tenant_names(session, after=after, most=most)

    @router.get("/tenant-tiers")
    async def list_tenant_tiers(
        after: Annotated[str, Query(max_length=64)] = "",
        most: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    ) -> dict[str, str]:
        """The tier of every tenant that is entered, a page at a time."""
        async with store.reading() as session:
            return await views.tenant_tiers(session, after=after, most=most)

    @router.patch("/tenant-tiers")
    async def patch_tenant_tiers(body: Moves, edits: Edit) -> Moved:
        """Enter, move and forget many tenants at once, or none: 412 when one is no longer where it was seen."""
        return await edits.moving(body)

    @router.get("/tenants/{name}")
    async def get_tenant(name: Name, response: Response) -> TenantView:
        """A tenant, its tier and what is particular to it."""
        return await show(partial(views.tenant, name=name), response)

    @router.put("/tenants/{name}")
    async def put_tenant(name: Name, body: TenantModel, edits: Edit, response: Response) -> TenantView:
        """Enter a tenant, or move it to another tier."""
        view = partial(views.tenant, name=name)
        async with edits.replacing("put-tenant", f"tenant:{name}", view) as session:
            await edit.put_tenant(session, name, body.tier)
        return await show(view, response)

    @router.delete("/tenants/{name}", status_code=204)
    async def delete_tenant(name: Name, edits: Edit) -> None:
        """Forget a tenant; if it comes back it gets the default tier."""
        view = partial(views.tenant, name=name)
        async with edits.replacing("delete-tenant", f"tenant:{name}", view) as session:
            await edit.delete_tenant(session, name)

    @router.put("/tenants/{name}/overrides/{limit}")
    async def put_override(
        name: Name, limit: Name, body: OverrideModel, edits: Edit, response: Response
    ) -> TenantView:
        """Give a tenant its own quota for a limit of its tier."""
        view = partial(views.tenant, name=name)
        row = OverrideRow(
            tenant=name, limit_name=limit, quota=body.quota, expires_at=body.expires_at, reason=edits.reason
        )
        async with edits.replacing("put-override", f"tenant:{name}", view) as session:
            await edit.put_override(session, row)
        return await show(view, response)

    @router.delete("/tenants/{name}/overrides/{limit}")
    async def delete_override(name: Name, limit: Name, edits: Edit, response: Response) -> TenantView:
        """Back to the tier's quota."""
        view = partial(views.tenant, name=name)
        async with edits.replacing("delete-override", f"tenant:{name}", view) as session:
            await edit.delete_override(session, name, limit)
        return await show(view, response)

    @router.get("/tenants/{name}/api-keys")
    async def get_api_keys(name: Name, response: Response) -> ApiKeysView:
        """A tenant's API keys, by label."""
        return await show(partial(views.api_keys, name=name), response)

    @router.put("/tenants/{name}/api-keys/{label}")
    async def put_api_key(
        name: Name, label: Name, body: ApiKeyModel, edits: Edit, response: Response
    ) -> ApiKeysView:
        """Give a tenant an API key, or replace the one of that label: the old one ends at once."""
        view = partial(views.api_keys, name=name)
        async with edits.replacing("put-api-key", f"tenant:{name}", view) as session:
            await api_keys.put(session, ApiKeyRow(digest=body.sha256, tenant=name, label=label))
        return await show(view, response)

    @router.delete("/tenants/{name}/api-keys/{label}")
    async def delete_api_key(name: Name, label: Name, edits: Edit, response: Response) -> ApiKeysView:
        """End a tenant's API key."""
        view = partial(views.api_keys, name=name)
        async with edits.replacing("delete-api-key", f"tenant:{name}", view) as session:
            await api_keys.delete(session, name, label)
        return await show(view, response)

    @router.get("/tenants/{name}/limits")
    async def get_limits(name: Name) -> list[EffectiveLimit]:
        """The limits in force for a tenant, entered or not: overrides and emergency factors included."""
        return views.effective_limits((await store.load()).snapshot, name)

    @router.get("/tenants/{name}/rollout")
    async def get_tenant_rollout(name: Name) -> TenantRollout:
        """How far the limiter goes with a tenant, entered or not: its own mode, or by the percentage."""
        return views.tenant_rollout((await store.load()).snapshot, name)

    @router.get("/tenants/{name}/usage", responses={503: {"description": "Redis cannot be asked"}})
    async def get_usage(name: Name) -> list[LimitUsage]:
        """What is left of each of the tenant's limits; asking consumes nothing."""
        return await usage(name)

    @router.get("/ceiling")
    async def get_ceiling(response: Response) -> CeilingModel:
        """The limits of the whole platform."""
        return await show(views.ceiling, response)

    @router.put("/ceiling")
    async def put_ceiling(body: CeilingModel, edits: Edit, response: Response) -> CeilingModel:
        """Replace the limits of the whole platform."""
        async with edits.replacing("put-ceiling", "ceiling", views.ceiling) as session:
            await edit.set_ceiling(session, tuple(one.value() for one in body.limits))
        return await show(views.ceiling, response)

    @router.get("/allow-list")
    async def get_allow(response: Response) -> AllowModel:
        """Who is never limited."""
        return await show(views.allow, response)

    @router.put("/allow-list")
    async def put_allow(body: AllowModel, edits: Edit, response: Response) -> AllowModel:
        """Replace the allow-list."""
        async with edits.replacing("put-allow-list", "allow-list", views.allow) as session:
            await edit.set_allow(session, body.value())
        return await show(views.allow, response)

    @router.get("/rollout")
    async def get_rollout(response: Response) -> RolloutModel:
        """The feature flag."""
        return await show(views.rollout, response)

    @router.put("/rollout")
    async def put_rollout(body: RolloutModel, edits: Edit, response: Response) -> RolloutModel:
        """Replace the feature flag."""
        async with edits.replacing("put-rollout", "rollout", views.rollout) as session:
            await edit.set_rollout(session, body.value())
        return await show(views.rollout, response)

    @router.get("/emergency")
    async def get_emergency(response: Response) -> EmergencyModel:
        """The emergency switch."""
        return await show(views.emergency, response)

    @router.put("/emergency")
    async def put_emergency(body: EmergencyModel, edits: Edit, response: Response) -> EmergencyModel:
        """Tighten everything, tiers or tenants by a factor, or shut tenants out; an empty body releases."""
        async with edits.replacing("put-emergency", "emergency", views.emergency) as session:
            await edit.set_emergency(
                session,
                everything=body.everything,
                tiers=body.tiers,
                tenants=body.tenants,
                blocked=frozenset(body.blocked),
            )
        return await show(views.emergency, response)

    @router.get("/audit")
    async def get_audit(
        subject: Annotated[str | None, Query(max_length=128)] = None,
        most: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[AuditView]:
        """Who changed what, the latest first. A subject is ``tenant:acme``, ``tier:gold``, ``emergency``…"""
        rows = await store.audit(subject=subject, most=most)
        return [AuditView.model_validate(row, from_attributes=True) for row in rows]

    return router
