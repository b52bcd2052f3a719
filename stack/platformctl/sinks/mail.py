"""Send mail by SMTP; a password never crosses a network in clear."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Final

from platformctl.errors import PlatformError
from platformctl.sla.delivery import MailServer, Security

_TIMEOUT_S: Final = 30


def send(server: MailServer, password: str, messages: Iterable[EmailMessage]) -> None:
    """Send all messages over one connection; raises `PlatformError` with what the server said."""
    if password and server.security is Security.NONE and not _is_here(server.host):
        raise PlatformError(
            f"a password for {server.host} would cross the network in clear",
            where="slas/delivery.yml",
            fix="security: starttls",
        )
    try:
        with _connect(server) as connection:
            if password:
                connection.login(server.user, password)
            for message in messages:
                connection.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise PlatformError(
            f"mail cannot be sent: {_said(error)}",
            where=f"{server.host}:{server.port}",
            fix="look at smtp in slas/delivery.yml",
        ) from error


def _connect(server: MailServer) -> smtplib.SMTP:
    checked = ssl.create_default_context()
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=checked)
    connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
    if server.security is Security.STARTTLS:
        connection.starttls(context=checked)
    return connection


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _said(error: Exception) -> str:
    """The reason without what was sent: an SMTP error of a log-in names no password."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}"
