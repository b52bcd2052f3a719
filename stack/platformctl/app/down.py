"""Stop what was started."""

from __future__ import annotations

from platformctl.app.session import Request, Session, open_session
from platformctl.plan import UnitAction
from platformctl.sinks.history import Action, Ending, Event


def take_down(request: Request, *, volumes: bool) -> tuple[str, ...]:
    """Stop every component of ours, in reverse start order; with `volumes`, delete the data. Returns the names."""
    session = open_session(request)
    with session.store.lock():
        stopped = session.runtime.down(volumes=volumes)
        session.store.deactivate()
        if stopped:
            _remember(session, stopped)
    return stopped


def _remember(session: Session, stopped: tuple[str, ...]) -> None:
    at, user = session.history.stamp()
    session.history.add(
        Event(
            at=at,
            by=user,
            action=Action.DOWN,
            ending=Ending.DONE,
            release=None,
            runtime=session.runtime.name,
            units=tuple(f"{UnitAction.STOP} {name}" for name in stopped),
        )
    )
