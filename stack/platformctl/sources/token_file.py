"""A token in a file of its own."""

from __future__ import annotations

from pathlib import Path

from platformctl.errors import UsageError


def read_token(file: Path, *, opens: str, kind: str) -> str:
    """The token that opens something; raises `UsageError` where there is none. kind: what to put into the file."""
    try:
        token = file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise UsageError(
            f"the token of the {opens} cannot be read: {error.strerror}",
            where=str(file),
            fix=f"put {kind} into the file (mode 0600), or name one with --token-file",
        ) from error
    if not token:
        raise UsageError(f"the file with the token of the {opens} is empty", where=str(file))
    if not token.isascii() or not token.isprintable():
        raise UsageError(f"the file with the token of the {opens} holds more than a token", where=str(file))
    return token
