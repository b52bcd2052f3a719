"""The budget as response headers: the IETF draft's fields and the widespread X- ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from platform_ratelimit.decision import Decision
from platform_ratelimit.plan import Plan
from platform_ratelimit.policy import Scope

Headers = list[tuple[bytes, bytes]]
_PLATFORM: Final = Scope.PLATFORM  # an enumeration's member costs a call each time it is named


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
        plan, index = decision.plan, decision.index
        seconds = b"%d" % decision.retry_after_s
        headers: Headers = [] if decision.allowed else [(b"retry-after", seconds)]
        if index >= 0 and plan.limits[index].scope is _PLATFORM:
            index = _instead_of_the_platform(decision)
        if index < 0:
            return headers
        fixed = plan.fields or self._prepare(plan)
        left = b"%d" % decision.left_of(index)
        if self.ietf is not None:
            headers += (fixed[0], (b"ratelimit", fixed[2 * index + 1][1] % (left, seconds)))
        if self.x_fields:
            headers += (
                fixed[2 * index + 2],
                (b"x-ratelimit-remaining", left),
                (b"x-ratelimit-reset", seconds),
            )
        return headers

    def _prepare(self, plan: Plan) -> tuple[tuple[bytes, bytes], ...]:
        """The policy field, then for each limit the field to fill in and that of its quota."""
        revision = self.ietf or DRAFT_11
        own = [planned.limit for planned in plan.limits if planned.scope is not _PLATFORM]
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


def _instead_of_the_platform(decision: Decision) -> int:
    """The tightest limit of the subject's own: the platform's budget is nobody's business."""
    limits = decision.plan.limits
    own = [index for index, planned in enumerate(limits) if planned.scope is not _PLATFORM]
    if not own or not decision.allowed:
        return -1
    return min(own, key=lambda index: decision.left_of(index) / limits[index].limit.quota)
