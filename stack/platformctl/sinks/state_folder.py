"""What a state folder remembers, as it is copied and put back: releases, history, the ledger, secrets."""

from __future__ import annotations

import contextlib
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.sinks import machine, tarballs
from platformctl.sinks.files import make_folder, write_atomically
from platformctl.sinks.machine import Machine

# Data and secrets have parts of their own; the others tell of what runs on this machine now.
_LEFT_OUT: Final = frozenset(
    {"data", "secrets", "run", "logs", "compose", "lock", "current", "last-good", "machine.json"}
)
_RELEASES: Final = "releases"


def pack(state: Path, target: tarfile.TarFile) -> None:
    """Add what the state folder remembers; not the data, not the secrets, nothing of what runs now."""
    for entry in sorted(state.iterdir()):
        if entry.name in _LEFT_OUT or entry.name.startswith("."):
            continue
        paths = [entry, *sorted(entry.rglob("*"))] if entry.is_dir() else [entry]
        for path in paths:
            tarballs.add_file(target, path, name=path.relative_to(state).as_posix())


def pack_secrets(state: Path, target: tarfile.TarFile) -> None:
    """Add the secret files."""
    for path in sorted((state / "secrets").iterdir()):
        if path.is_file() and not path.name.startswith("."):
            tarballs.add_file(target, path, name=path.name)


@contextlib.contextmanager
def added(state: Path, part: Path, decided: Machine) -> Iterator[None]:
    """Add what the state folder lacks of a part, and what was `decided` for the machine where nothing is.

    What is there stays as it is: a release is added whole or not at all, and no line of a history is lost.
    When the block is left by an exception, the additions are gone.
    """
    record, new = state / "machine.json", []
    with tempfile.TemporaryDirectory(dir=state, prefix=".restoring-") as name:
        draft = Path(name)
        tarballs.unpack(part, draft, None)
        try:
            for path in _wholes(draft):
                target = state / path.relative_to(draft)
                if not target.exists():
                    make_folder(target.parent)
                    path.rename(target)
                    new.append(target)
            if not record.exists():
                new.append(record)
                machine.save(record, decided)
            yield
        except BaseException:
            for target in new:
                _remove(target)
            raise


@contextlib.contextmanager
def secrets_replaced(state: Path, part: Path) -> Iterator[None]:
    """Have the secrets of a part, 0600. When the block is left by an exception, the former ones are back."""
    folder = state / "secrets"
    make_folder(folder, mode=0o700)
    wanted = _contents(part)
    former = {name: (folder / name).read_bytes() for name in wanted if (folder / name).is_file()}
    try:
        for name, content in wanted.items():
            write_atomically(folder / name, content, mode=0o600)
        yield
    except BaseException:
        for name in wanted:
            if name in former:
                write_atomically(folder / name, former[name], mode=0o600)
            else:
                (folder / name).unlink(missing_ok=True)
        raise


def _wholes(draft: Path) -> Iterator[Path]:
    """What is added whole: each release, and every other file."""
    releases = draft / _RELEASES
    if releases.is_dir():
        yield from sorted(releases.iterdir())
    for path in sorted(draft.rglob("*")):
        if path.is_file() and releases not in path.parents:
            yield path


def _contents(part: Path) -> dict[str, bytes]:
    found = {}
    with tarfile.open(part, "r|gz") as source:
        for member in tarballs.members(source, where=str(part)):
            content = source.extractfile(member)
            if content is None or "/" in member.name:
                raise PlatformError(f"{member.name!r} cannot be the name of a secret", where=str(part))
            found[member.name] = content.read()
    return found


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
