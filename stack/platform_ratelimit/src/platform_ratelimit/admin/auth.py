"""Who may administer: named super-admins, each with a token of which only the digest is kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

Authenticate = Callable[..., object]
_bearer = HTTPBearer(auto_error=False, description="A super-admin's token.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class SuperAdmins:
    """A dependency that yields the admin's name, or answers 401."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        """`digests` maps a name to the SHA-256 (hex) of its token."""
        self._digests = dict(digests)

    def __call__(self, credentials: Credentials) -> str:
        """The name of the admin whose token this is."""
        if credentials is not None:
            digest = hashlib.sha256(credentials.credentials.encode()).hexdigest()
            for name, known in self._digests.items():
                if hmac.compare_digest(digest, known):
                    return name
        raise HTTPException(401, "a super-admin's token is needed", headers={"WWW-Authenticate": "Bearer"})
