"""Refusals in the log: once per subject, group and ten seconds. No address, no key, no path."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from platform_ratelimit.asgi import Scope, header
from platform_ratelimit.decision import Decision
from platform_ratelimit.plan import MOST_PLANS, Plan

log = logging.getLogger("platform_ratelimit.denials")


class DenialLog:
    """Structured records; the fields are attributes of the record (`extra`), fit for a JSON formatter."""

    def __init__(self, *, every_s: float = 10.0, clock: Callable[[], float] = monotonic) -> None:
        self._every_s, self._clock = every_s, clock
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}  # subject and group -> next time, left out

    def note(self, decision: Decision, scope: Scope) -> None:
        """Log the refusal, or count it as left out."""
        plan, now = decision.plan, self._clock()
        place = (plan.subject, plan.group)
        due, left_out = self._seen.get(place, (0.0, 0))
        if now < due:
            self._seen[place] = (due, left_out + 1)
            return
        if len(self._seen) >= MOST_PLANS:
            self._seen.clear()
        self._seen[place] = (now + self._every_s, 0)
        self._write(decision, plan, scope, left_out)

    def _write(self, decision: Decision, plan: Plan, scope: Scope, left_out: int) -> None:
        planned = decision.limit
        request_id = header(scope, b"x-request-id") or ""
        log.info(
            "over the limit",
            extra={
                "tenant": plan.tenant or "anonymous",
                "endpoint_group": plan.group,
                "limit": planned.limit.name if planned else "",
                "limit_type": planned.scope.value if planned else decision.source.value,
                "mode": plan.mode.value,
                "retry_after_s": decision.retry_after_s,
                "request_id": "".join(c for c in request_id[:64] if c.isalnum() or c in "-_"),
                "left_out": left_out,
            },
        )
