"""Who gets which report, and by which way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class HookFormat(StrEnum):
    """What a webhook is sent."""

    SLACK = "slack"
    JSON = "json"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """A mail server and how to be let in; no password is kept here.

    ca_file: the authorities that its certificate may come from; None for those of the machine.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """Addresses, and the tenant whose document they get; empty for the whole report."""

    to: tuple[str, ...]
    tenant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """A file with a URL, what is sent there, and the tenant it is about; empty for the whole report."""

    url_file: Path
    format: HookFormat
    tenant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """Everybody who gets a report."""

    server: MailServer | None = None
    mails: tuple[Mail, ...] = ()
    hooks: tuple[Hook, ...] = ()

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants whose own document somebody gets."""
        named = (*(mail.tenant for mail in self.mails), *(hook.tenant for hook in self.hooks))
        return frozenset(tenant for tenant in named if tenant)
