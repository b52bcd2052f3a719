"""The secret files of a workspace: ``secrets/<name>``, made once, never printed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.model.access import HASH_SUFFIX
from platformctl.model.log_store import CREDENTIALS
from platformctl.sinks.files import make_folder, write_atomically

_ROUNDS: Final = 11
_LONGEST: Final = 72


def ensure(names: Iterable[str], folder: Path) -> frozenset[str]:
    """Give each name a file with a random token (0600) unless it has one; returns all names that exist.

    A name that ends in ``-bcrypt`` gets the hash of the secret without that ending, and a new one when that changes.
    A file that someone put there keeps its content, but nobody else may read it from now on. Keys of an object
    storage are its owner's to give: without them there is no file, and a check says so.
    """
    make_folder(folder, mode=0o700)
    for name in sorted(set(names)):
        if name == CREDENTIALS and not (folder / name).is_file():
            continue
        plain = name.removesuffix(HASH_SUFFIX)
        _ensure_token(folder / plain)
        if plain != name:
            _ensure_hash(folder / plain, folder / name)
    return existing(folder)


def existing(folder: Path) -> frozenset[str]:
    """The names of the secrets that exist."""
    if not folder.is_dir():
        return frozenset()
    return frozenset(
        path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    )


def _ensure_token(path: Path) -> None:
    if path.is_file():
        path.chmod(0o600)
    else:
        write_atomically(path, secrets.token_urlsafe(24), mode=0o600)


def _ensure_hash(plain: Path, path: Path) -> None:
    """A hash that is as new as its password is of it: comparing them takes a tenth of a second on purpose."""
    if path.is_file() and path.stat().st_mtime_ns >= plain.stat().st_mtime_ns:
        path.chmod(0o600)
        return
    import bcrypt  # only where there are logins, and then once

    password = plain.read_text().strip().encode()
    if len(password) > _LONGEST:
        raise PlatformError(
            f"the password has {len(password)} bytes; bcrypt takes {_LONGEST}",
            where=str(plain),
            fix=f"rm {plain}  # the next deployment makes one",
        )
    write_atomically(path, bcrypt.hashpw(password, bcrypt.gensalt(_ROUNDS)), mode=0o600)
