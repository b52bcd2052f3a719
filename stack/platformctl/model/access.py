"""Who may see what, once the stack is more than one person's: logins, their roles, and the doors these open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard

HASH_SUFFIX: Final = "-bcrypt"
"""A secret of this name holds the bcrypt hash of the secret without it."""

_OWN_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Role(StrEnum):
    """What somebody is to the platform."""

    SUPER_ADMIN = "super-admin"
    SRE = "sre"
    STAKEHOLDER = "stakeholder"
    TENANT = "tenant"


class Door(StrEnum):
    """What lies behind the entry. The tenant's doors show that tenant alone."""

    PROMETHEUS = "prometheus"
    PROMETHEUS_ADMIN = "prometheus-admin"
    ALERTMANAGER = "alertmanager"
    ALERTMANAGER_ADMIN = "alertmanager-admin"
    LOGS = "logs"
    RUNBOOKS = "runbooks"
    REPORTS = "reports"
    TENANT_METRICS = "tenant-metrics"
    TENANT_LOGS = "tenant-logs"
    TENANT_REPORTS = "tenant-reports"


_SRE: Final = frozenset({Door.PROMETHEUS, Door.ALERTMANAGER, Door.LOGS, Door.RUNBOOKS, Door.REPORTS})
RIGHTS: Final[Mapping[Role, frozenset[Door]]] = {
    Role.SUPER_ADMIN: _SRE | {Door.PROMETHEUS_ADMIN, Door.ALERTMANAGER_ADMIN},
    Role.SRE: _SRE,
    Role.STAKEHOLDER: frozenset({Door.REPORTS}),
    Role.TENANT: frozenset({Door.TENANT_METRICS, Door.TENANT_LOGS, Door.TENANT_REPORTS}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """Somebody who may come in. tenant: whose data a tenant's login sees; empty for every other role."""

    name: str
    role: Role
    tenant: str = ""

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="login", like="grand-hotel")
        if (self.role is Role.TENANT) != bool(self.tenant):
            raise DefinitionError(
                f"the login {self.name!r} has the role {self.role} and the tenant {self.tenant!r}",
                fix="a tenant's login names its tenant, and no other does",
            )

    @property
    def password_secret(self) -> str:
        """The secret that holds the password."""
        return f"login-{self.name}"

    @property
    def hash_secret(self) -> str:
        """The secret that holds its bcrypt hash: all that the entry is given."""
        return f"{self.password_secret}{HASH_SUFFIX}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """``ACCESS`` of a workspace.

    names: by which browsers ask for the entry. exposed: whether other machines reach it.
    certificate, key: secrets with a certificate of yours in PEM; without them, one of the entry's own authority.
    """

    logins: tuple[Login, ...]
    names: tuple[str, ...] = ("localhost", "127.0.0.1")
    exposed: bool = False
    certificate: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        _guard.unique((login.name for login in self.logins), what="login")
        if bool(self.certificate) != bool(self.key):
            raise DefinitionError(
                "a certificate without its key is no use, nor is the key alone", fix="name both"
            )
        if self.exposed and set(self.names) <= _OWN_NAMES:
            raise DefinitionError(
                "the entry is exposed, but its certificate would name this machine alone",
                fix='names=("stack.example.com",)',
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that the entry reads: no password is among them."""
        given = (self.certificate, self.key) if self.certificate else ()
        return (*(login.hash_secret for login in self.logins), *given)

    def may(self, door: Door) -> tuple[Login, ...]:
        """The logins that this door is open to."""
        return tuple(login for login in self.logins if door in RIGHTS[login.role])

    def unknown_tenants(self, tenants: Iterable[str]) -> tuple[Login, ...]:
        """The logins of tenants that are not among these."""
        known = frozenset(tenants)
        return tuple(login for login in self.logins if login.tenant and login.tenant not in known)
