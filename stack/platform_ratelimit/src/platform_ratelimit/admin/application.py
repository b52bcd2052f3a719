"""The admin API as an application of its own, which the decision service carries under ``/admin/``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI

from platform_ratelimit.admin.auth import SuperAdmins
from platform_ratelimit.admin.routes import admin_router
from platform_ratelimit.admin.usage import limiter_usage
from platform_ratelimit.errors import RateLimitError
from platform_ratelimit.runtime import Runtime

PREFIX: Final = "/admin/ratelimit"


def admin_application(runtime: Runtime, digests: Mapping[str, str]) -> FastAPI:
    """The API of a runtime with a database; `digests` are the admins' names and their tokens' SHA-256."""
    if runtime.store is None:
        raise RateLimitError(
            "an admin API needs a database", where="decision service", fix="set RATELIMIT_DATABASE_URL"
        )
    application = FastAPI(
        title="Rate limits", docs_url="/admin/docs", openapi_url="/admin/openapi.json", redoc_url=None
    )
    application.include_router(
        admin_router(
            runtime.store,
            authenticate=SuperAdmins(digests),
            announce=runtime.announce,
            usage=limiter_usage(runtime.limiter),
        ),
        prefix=PREFIX,
    )
    return application
