"""Stop what was started."""

from __future__ import annotations

from platformctl.app.session import Request, open_session


def take_down(request: Request, *, volumes: bool) -> tuple[str, ...]:
    """Stop every component of ours, in reverse start order; with `volumes`, delete the data. Returns the names."""
    session = open_session(request)
    with session.store.lock():
        stopped = session.runtime.down(volumes=volumes)
        session.store.deactivate()
    return stopped
