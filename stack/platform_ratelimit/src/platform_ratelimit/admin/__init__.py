"""The admin API as a FastAPI router."""

from platform_ratelimit.admin.auth import SuperAdmins
from platform_ratelimit.admin.routes import admin_router
from platform_ratelimit.admin.usage import limiter_usage

__all__ = ["SuperAdmins", "admin_router", "limiter_usage"]
