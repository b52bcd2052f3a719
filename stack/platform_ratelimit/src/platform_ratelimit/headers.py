"""The budget as response headers: the IETF draft's fields and the widespread X- ones."""

from __future__ import annotations

from dataclasses import dataclass

from platform_ratelimit.decision import Decision
from platform_ratelimit.plan import Plan
from platform_ratelimit.policy import Scope

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """The parameter names of one revision of draft-ietf-httpapi-ratelimit-headers."""

    quota: bytes = b"q"
    window: bytes = b"w"
    remaining: bytes = b"r"
    reset: bytes = b"t"


DRAFT_11 = Revision()


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderFields:
    """Which fields to send. `ietf` names the draft's revision, or None for none of them."""

    ietf: Revision | None = DRAFT_11
    x_fields: bool = True

    def of(self, decision: Decision) -> Headers:
        """The fields of an answer; those of a refusal begin with Retry-After."""
        plan = decision.plan
        fixed = plan.fields or self._prepare(plan)
        headers: Headers = []
        seconds = b"%d" % decision.retry_after_s
        if not decision.allowed:
            headers.append((b"retry-after", seconds))
        index = self._shown(decision)
        if index < 0:
            return headers
        left = b"%d" % decision.remaining[index]
        if self.ietf is not None:
            name, template = fixed[2 * index + 1]
            headers += (fixed[0], (name, template % (left, seconds)))
        if self.x_fields:
            limit = fixed[2 * index + 2]
            headers += (limit, (b"x-ratelimit-remaining", left), (b"x-ratelimit-reset", seconds))
        return headers

    def _shown(self, decision: Decision) -> int:
        """The limit to speak of; the platform's own budget is nobody's business."""
        limits, index = decision.plan.limits, decision.index
        if index < 0 or limits[index].scope is not Scope.PLATFORM:
            return index
        own = [i for i, planned in enumerate(limits) if planned.scope is not Scope.PLATFORM]
        if not own or not decision.allowed:
            return -1
        return min(own, key=lambda i: decision.remaining[i] / limits[i].limit.quota)

    def _prepare(self, plan: Plan) -> tuple[tuple[bytes, bytes], ...]:
        """The policy field, then for each limit the field to fill in and that of its quota."""
        revision = self.ietf or DRAFT_11
        own = [planned.limit for planned in plan.limits if planned.scope is not Scope.PLATFORM]
        policy = b", ".join(
            b'"%b";%b=%d' % (limit.name.encode(), revision.quota, limit.quota)
            + (b";%b=%d" % (revision.window, limit.window_s) if limit.window_s >= 1 else b"")
            for limit in own
        )
        parts = [(b"ratelimit-policy", policy)]
        for planned in plan.limits:
            name = planned.limit.name.encode()
            item = b'"%b";%b=%%b;%b=%%b' % (name, revision.remaining, revision.reset)
            parts += ((b"ratelimit", item), (b"x-ratelimit-limit", b"%d" % planned.limit.quota))
        plan.fields = tuple(parts)
        return plan.fields
