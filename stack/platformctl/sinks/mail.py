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
    """Send all messages over one connection; a refused one keeps no other back.

    Raises `PlatformError` with what the server said, and to whom nothing was sent.
    """
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
            refused = [line for message in messages if (line := _refusal(connection, message))]
    except (OSError, smtplib.SMTPException) as error:
        raise _failed(server, _said(error)) from error
    if refused:
        raise _failed(server, "; ".join(refused))


def _refusal(connection: smtplib.SMTP, message: EmailMessage) -> str | None:
    """Why the server does not take the message; None where it does."""
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        said = (f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())
        return f"to {message['To']}: {', '.join(said)}"
    except smtplib.SMTPDataError as error:
        return f"to {message['To']}: {_said(error)}"
    return None


def _failed(server: MailServer, why: str) -> PlatformError:
    return PlatformError(
        f"mail cannot be sent: {why}",
        where=f"{server.host}:{server.port}",
        fix="look at smtp in slas/delivery.yml",
    )


def _connect(server: MailServer) -> smtplib.SMTP:
    checked = ssl.create_default_context(cafile=server.ca_file)
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=checked)
    connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
    if server.security is Security.STARTTLS:
        try:
            connection.starttls(context=checked)
        except BaseException:
            connection.close()
            raise
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
