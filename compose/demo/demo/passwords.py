"""The demo's users and their passwords, derived from the login key: nothing to store, nothing to leak."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

USERS: Final = ("ana", "ben", "chris")


def password_of(key: bytes, tenant: str, user: str) -> str:
    """The password of a user."""
    return hmac.new(key, f"{tenant}/{user}".encode(), hashlib.sha256).hexdigest()[:24]


def is_right(key: bytes, tenant: str, user: str, password: str) -> bool:
    """Whether the user exists and this is the password; takes the same time either way."""
    same = hmac.compare_digest(password_of(key, tenant, user).encode(), password.encode())
    return same and user in USERS
