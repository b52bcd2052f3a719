"""Run the decision service from the environment: ``uvicorn --factory platform_ratelimit.serve:service``.

Its variables are those of `platform_ratelimit.environment`; the gateway on loopback is trusted unless others are named.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from platform_ratelimit.address import LOOPBACK
from platform_ratelimit.asgi import App
from platform_ratelimit.environment import admins_from, identity_from, mark_from, proxies_from, settings_from
from platform_ratelimit.runtime import Runtime
from platform_ratelimit.service import DecisionService


def service() -> DecisionService:
    """The decision service of this process's environment."""
    return service_from(os.environ)


def service_from(environment: Mapping[str, str]) -> DecisionService:
    """The decision service that the variables describe."""
    runtime = Runtime(settings_from(environment))
    return DecisionService(
        runtime,
        identify=identity_from(environment, runtime),
        proxies=proxies_from(environment, default=LOOPBACK),
        mark=mark_from(environment),
        admin=_admin(environment, runtime),
    )


def _admin(environment: Mapping[str, str], runtime: Runtime) -> App | None:
    digests = admins_from(environment)
    if not digests:
        return None
    from platform_ratelimit.admin.application import admin_application  # needs the fastapi extra

    return admin_application(runtime, digests)
