"""Copy what a deployed stack has gathered into one file, while it serves as far as its programs allow."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformctl.app.applying import Talk
from platformctl.app.copying import Copying
from platformctl.app.session import Prepared, Request, Session, open_session, prepare
from platformctl.errors import UsageError
from platformctl.sinks import backups, machine, state_folder
from platformctl.sinks.backups import Manifest


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """The file, and what is in it."""

    path: Path
    manifest: Manifest

    @property
    def has_secrets(self) -> bool:
        """Whether the secrets are in it."""
        return backups.SECRETS in self.manifest.parts


def back_up(request: Request, target: Path, talk: Talk, *, with_secrets: bool) -> Saved:
    """Write a backup to a new file, or to one named by the time in a folder that exists.

    A failure leaves no file, and everything running that ran before. Raises `UsageError` where nothing is
    deployed, or the file exists.
    """
    session = open_session(request)
    path = _file(target)
    with session.store.lock():
        number = session.store.current()
        if number is None:
            raise UsageError(
                "nothing is deployed here", where=str(session.workspace.state), fix="platformctl deploy"
            )
        prepared = prepare(session, request)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".platformctl-backup-") as name:
            folder = Path(name)
            copying = Copying(
                session=session, prepared=prepared, release=session.store.load(number), talk=talk
            )
            ways = copying.all(folder)
            state = session.workspace.state
            with backups.new_part(folder, backups.STATE) as part:
                state_folder.pack(state, part)
            if with_secrets:
                with backups.new_part(folder, backups.SECRETS) as part:
                    state_folder.pack_secrets(state, part)
            manifest = _manifest(session, prepared, number, ways)
            return Saved(path=path, manifest=backups.write(path, manifest, folder))


def _file(target: Path) -> Path:
    path = target / f"platformctl-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target
    if path.exists():
        raise UsageError("there is a file already", where=str(path), fix="name another one, or a folder")
    if not path.parent.is_dir():
        raise UsageError("there is no such folder", where=str(path.parent), fix=f"mkdir -p {path.parent}")
    return path.absolute()


def _manifest(session: Session, prepared: Prepared, number: int, ways: dict[str, str]) -> Manifest:
    components = [component for component in prepared.platform.components if component.name in ways]
    return Manifest(
        created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        release=number,
        runtime=session.runtime.name,
        ways=ways,
        versions={c.name: session.runtime.version(c, prepared.site) for c in components},
        secrets=tuple(sorted(prepared.site.secrets)),
        ports=machine.load(session.workspace.state / "machine.json").ports,
    )
