"""The rate limiter of this application: where things are, and `protect(app)`. Yours to change.

    from ratelimit_setup import protect

    app = FastAPI()
    protect(app)

The variables are those of `platform_ratelimit.environment`; here the policy is in a file unless a database is named,
no proxy is trusted unless named, and without a key for tokens every request counts for its address or API key.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from fastapi import FastAPI

from platform_ratelimit.admin import SuperAdmins, admin_router, limiter_usage
from platform_ratelimit.environment import admins_from, identity_from, mark_from, proxies_from, settings_from
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.runtime import Runtime

DEFAULTS = {"RATELIMIT_DATABASE_URL": "sqlite+aiosqlite:///ratelimit.db"}


def protect(app: FastAPI, environment: Mapping[str, str] = os.environ) -> Runtime:
    """Put the limiter in front of the application; it starts and ends with the application's lifespan."""
    told = {**DEFAULTS, **environment}
    runtime = Runtime(settings_from(told))
    if (admins := admins_from(told)) and runtime.store is not None:
        router = admin_router(
            runtime.store,
            authenticate=SuperAdmins(admins),
            announce=runtime.announce,
            usage=limiter_usage(runtime.limiter),
        )
        app.include_router(router, prefix="/admin/ratelimit")
    app.add_middleware(
        RateLimitMiddleware,
        limiter=runtime.limiter,
        lifecycle=runtime,
        identify=identity_from(told, runtime),
        proxies=proxies_from(told),
        mark=mark_from(told),
    )
    return runtime
