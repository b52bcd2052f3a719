"""One change by an admin: optimistic concurrency, the audit trail, the announcement.

Every answer carries an ETag; whoever replaces or deletes what exists says with If-Match what they saw
(428 without, 412 when it has changed meanwhile). A change is announced, so that it counts everywhere at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.admin import views
from platform_ratelimit.admin.models import Moved, Moves
from platform_ratelimit.db import edit
from platform_ratelimit.db.edit import Change, PolicyStore
from platform_ratelimit.errors import PolicyError

Announce = Callable[[bytes], Awaitable[None]]


def etag(view: BaseModel) -> str:
    """The entity tag of a representation."""
    return f'"{hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:16]}"'


@dataclass(kw_only=True)
class Editor:
    """One request's right to change, bound to who asks and what they saw."""

    store: PolicyStore
    announce: Announce
    actor: str
    reason: str
    if_match: str | None

    @asynccontextmanager
    async def replacing(
        self, action: str, subject: str, view: Callable[[AsyncSession], Awaitable[BaseModel | None]]
    ) -> AsyncIterator[AsyncSession]:
        """Edit in here; `view` shows the part before and after."""
        change = Change(actor=self.actor, action=action, subject=subject, reason=self.reason)
        try:
            async with self.store.changing(change) as session:
                seen = await view(session)
                self._check(seen)
                yield session
                await session.flush()
                session.expire_all()
                now = await view(session)
                change.before = seen.model_dump(mode="json") if seen else None
                change.after = now.model_dump(mode="json") if now else None
        except PolicyError as error:
            raise HTTPException(422, str(error)) from error
        await self.announce(subject.encode())

    async def moving(self, moves: Moves) -> Moved:
        """Enter, move and forget tenants together, each from where it was seen."""
        wanted = {move.tenant: move for move in moves.moves}
        if len(wanted) < len(moves.moves):
            raise HTTPException(422, "a tenant is named twice")
        change = Change(
            actor=self.actor,
            action="move-tenants",
            subject="tenants",
            reason=self.reason,
            before={name: move.before for name, move in wanted.items()},
            after={name: move.after for name, move in wanted.items()},
        )
        try:
            async with self.store.changing(change) as session:
                tiers = await views.tenant_tiers(session, after="", most=None)
                for name, move in wanted.items():
                    if tiers.get(name) != move.before:
                        raise HTTPException(412, f"{name} has been moved meanwhile: read it again")
                await edit.move_tenants(session, {name: move.after for name, move in wanted.items()})
        except PolicyError as error:
            raise HTTPException(422, str(error)) from error
        await self.announce(b"tenants")
        return Moved(moved=len(wanted))

    def _check(self, seen: BaseModel | None) -> None:
        if seen is None:
            if self.if_match is not None:
                raise HTTPException(412, "there is nothing to replace")
            return
        if self.if_match is None:
            raise HTTPException(428, "say with If-Match which state is to be replaced")
        if self.if_match != "*" and self.if_match != etag(seen):
            raise HTTPException(412, "it has changed meanwhile: read it again")
