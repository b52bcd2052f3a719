"""A FastAPI application with limits from a database, an admin API and metrics. Wire yours like this.

pip install 'platform-ratelimit[db,fastapi,jwt,metrics,service]'
export DATABASE_URL=sqlite+aiosqlite:///limits.db REDIS_URL=redis://127.0.0.1:6379/0
RATELIMIT_DATABASE_URL=$DATABASE_URL python -m platform_ratelimit.db.migrate
uvicorn --factory fastapi_app:create_app --no-proxy-headers
"""

from __future__ import annotations

import os

from fastapi import FastAPI, Response

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.admin import SuperAdmins, admin_router, limiter_usage
from platform_ratelimit.identity import JwtClaim
from platform_ratelimit.metrics.exposition import expose
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.redis.settings import RedisSettings
from platform_ratelimit.runtime import Runtime, RuntimeSettings


def create_app() -> FastAPI:
    """The application."""
    runtime = Runtime(
        RuntimeSettings(
            redis=RedisSettings.from_url(os.environ["REDIS_URL"]),
            database_url=os.environ["DATABASE_URL"],
        )
    )
    app = FastAPI()

    @app.get("/data")
    async def data() -> dict[str, str]:
        """Your endpoint."""
        return {"it": "works"}

    @app.get("/metrics")
    async def metrics() -> Response:
        """What the limiter tells Prometheus."""
        body, content_type = expose(runtime)
        return Response(body, media_type=content_type)

    if runtime.store is not None:
        app.include_router(
            admin_router(
                runtime.store,
                authenticate=SuperAdmins({"ann": os.environ["ADMIN_TOKEN_SHA256"]}),
                announce=runtime.announce,
                usage=limiter_usage(runtime.limiter),
            ),
            prefix="/admin/ratelimit",
        )
    app.add_middleware(
        RateLimitMiddleware,
        limiter=runtime.limiter,
        lifecycle=runtime,
        identify=JwtClaim(os.environ["JWT_KEY"], algorithms=["HS256"], claim="tenant"),
        proxies=TrustedProxies(()),  # the networks of your load balancers
    )
    return app
