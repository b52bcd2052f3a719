"""Every login of a tenant belongs to a tenant that exists."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def login_has_tenant(platform: Platform) -> Iterator[Problem]:
    """One problem for each login whose tenant is not defined."""
    if platform.access is None:
        return
    for login in platform.access.unknown_tenants(tenant.id for tenant in platform.tenants):
        yield Problem(
            check="login_has_tenant",
            what=f"the login {login.name!r} is for the tenant {login.tenant!r}, which is not defined",
            where=platform.origin("login", login.name),
            fix="platformctl tenants list",
        )
