"""Put a backup back: all of it, or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformctl.app.applying import Talk, return_to
from platformctl.app.interrupts import uninterrupted
from platformctl.app.session import Prepared, Request, Session, open_session, prepare
from platformctl.errors import PlatformError
from platformctl.model.backup import PrintedCopy
from platformctl.sinks import backups, secrets, state_folder
from platformctl.sinks.backups import Manifest
from platformctl.sinks.history import Action, Ending, Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was in the file, whether it is back, and the names of secrets that it lacked and nobody has."""

    manifest: Manifest
    done: bool
    lacking: tuple[str, ...] = ()


def restore(
    request: Request, source: Path, talk: Talk, confirm: Callable[[Manifest, tuple[str, ...]], bool]
) -> Restored:
    """Replace the data of the stack by that of a backup, and leave it stopped.

    confirm: is shown what the file holds and the names of what runs, which is stopped. Raises `PlatformError`
    for a file that cannot be trusted, before anything is touched; after a failure everything is as before.
    """
    session = open_session(request)
    state = session.workspace.state
    with session.store.lock(), tempfile.TemporaryDirectory(dir=state, prefix=".restore-") as name:
        folder = Path(name)
        talk.wait(f"reading {source}")
        manifest = backups.read(source, folder)
        _refuse_another_runtime(manifest, session, source)
        if not confirm(manifest, _alive(session)):
            return Restored(manifest=manifest, done=False)
        known = secrets.existing(state / "secrets")
        _put_back(session, request, manifest, folder, talk)
        lacking = () if backups.SECRETS in manifest.parts else set(manifest.secrets) - known
        return Restored(manifest=manifest, done=True, lacking=tuple(sorted(lacking)))


def _put_back(session: Session, request: Request, manifest: Manifest, folder: Path, talk: Talk) -> None:
    state = session.workspace.state
    with ExitStack() as undo:
        undo.enter_context(state_folder.added(state, folder / backups.STATE, manifest.machine))
        if backups.SECRETS in manifest.parts:
            undo.enter_context(state_folder.secrets_replaced(state, folder / backups.SECRETS))
        prepared = prepare(session, request)
        _refuse_unfit(manifest, session, prepared)
        undo.enter_context(_stopped(session, talk))
        data = session.runtime.data(prepared.release)
        for unit in manifest.ways:
            talk.wait(f"putting back {unit}")
            undo.enter_context(data.replaced(unit, folder / backups.data_part(unit)))
            talk.say(f"{unit}: put back")
        _remember(session, manifest)


@contextmanager
def _stopped(session: Session, talk: Talk) -> Iterator[None]:
    """The stack stopped; when the block is left by an exception, the release that served serves again."""
    served = session.store.current()
    session.runtime.down(volumes=False)
    session.store.deactivate()
    try:
        yield
    except BaseException:
        talk.say("that failed; nothing was put back")
        if served is not None:
            with uninterrupted():
                talk.say(return_to(session, served, talk))
                session.store.mark_good(served)
        raise


def _alive(session: Session) -> tuple[str, ...]:
    return tuple(name for name, unit in session.runtime.running().items() if unit.alive)


def _refuse_another_runtime(manifest: Manifest, session: Session, source: Path) -> None:
    if manifest.runtime != session.runtime.name:
        raise PlatformError(
            f"this backup is of the {manifest.runtime} runtime, and this is the {session.runtime.name} one",
            where=str(source),
            fix=f"platformctl restore {source} --runtime {manifest.runtime}",
        )


def _refuse_unfit(manifest: Manifest, session: Session, prepared: Prepared) -> None:
    """Refuse data that nothing here would read, or could."""
    units = {unit.name for unit in prepared.release.units}
    if strangers := sorted(manifest.ways.keys() - units):
        raise PlatformError(
            f"the backup holds data of what does not run here: {', '.join(strangers)}",
            fix="platformctl plan  # shows what is left out, and why",
        )
    for component in prepared.platform.components:
        if component.name in manifest.ways and isinstance(component.backup, PrintedCopy):
            was, now = manifest.versions[component.name], session.runtime.version(component, prepared.site)
            if now and was.partition(".")[0] != now.partition(".")[0]:
                raise PlatformError(
                    f"{component.name} {now} cannot read the files of {was}",
                    fix=f"run {component.name} {was.partition('.')[0]} for the restore, then upgrade it",
                )


def _remember(session: Session, manifest: Manifest) -> None:
    at, user = session.history.stamp()
    session.history.add(
        Event(
            at=at,
            by=user,
            action=Action.RESTORE,
            ending=Ending.DONE,
            release=None,
            runtime=session.runtime.name,
            units=tuple(f"put back {unit}" for unit in manifest.ways),
            reason=f"backup of {manifest.created}",
        )
    )
