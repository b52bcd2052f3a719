"""What a deployment would change, without changing it."""

from __future__ import annotations

from platformctl.app.session import Prepared, Request, open_session, prepare, read_actual
from platformctl.plan import Plan, diff


def plan_deployment(request: Request) -> tuple[Plan, Prepared]:
    """The plan that `deploy` would walk now."""
    session = open_session(request)
    prepared = prepare(session, request)
    return diff(prepared.release, read_actual(session)), prepared
