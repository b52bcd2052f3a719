"""Where the limiter's admin API is, and the token for it: told, or found in the deployment of the workspace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platformctl.app.ratelimit_api import RateLimitApi
from platformctl.app.session import Request, Session, open_session
from platformctl.errors import PlatformError
from platformctl.sinks.runtime import SurveyOptions
from platformctl.sources.definitions import load_platform

COMPONENT: Final = "ratelimit"
ADMIN_FILE: Final = "ratelimit-admin-token"
PREFIX: Final = "/admin/ratelimit"
URL_VARIABLE: Final = "PLATFORMCTL_RATELIMIT_URL"
CREDENTIALS_VARIABLE: Final = "PLATFORMCTL_RATELIMIT_TOKEN_FILE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What the user told: the API's base URL and the file with the token; None: found."""

    url: str | None = None
    token_file: Path | None = None
    workspace: Path | None = None
    start: Path = Path()
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


def open_api(place: Place) -> RateLimitApi:
    """The admin API; raises `PlatformError` where it, or the token for it, cannot be found."""
    url = place.url or place.environment.get(URL_VARIABLE)
    told = place.environment.get(CREDENTIALS_VARIABLE)
    token_file = place.token_file or (Path(told) if told else None)
    if url and token_file:
        return RateLimitApi(url, _token(token_file))
    session = open_session(Request(workspace=place.workspace, start=place.start))
    return RateLimitApi(
        url or f"http://{_address(session)}{PREFIX}",
        _token(token_file or session.workspace.state / "secrets" / ADMIN_FILE),
    )


def _address(session: Session) -> str:
    """Where the decision service of the running deployment listens."""
    unit = session.runtime.running().get(COMPONENT)
    if unit is not None and unit.alive:
        platform = load_platform(session.workspace.content)
        site = session.runtime.survey(platform, SurveyOptions(demo=True))
        if site.has(COMPONENT):
            return site.published(COMPONENT, "http")
    raise PlatformError(
        "no rate limiter runs in this workspace",
        where=str(session.workspace.state.parent),
        fix=f"platformctl deploy, or name one: --url http://127.0.0.1:PORT{PREFIX} (or {URL_VARIABLE})",
    )


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise PlatformError(
            f"the admin's token cannot be read: {error.strerror}",
            where=str(path),
            fix=f"put it in a file and name it: --token-file FILE (or {CREDENTIALS_VARIABLE})",
        ) from None
    if not token or not token.isprintable() or not token.isascii():
        raise PlatformError("this is no token", where=str(path), fix="one line of printable ASCII")
    return token
