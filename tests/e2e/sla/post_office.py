"""A mail server that speaks TLS and lets in who knows the password. Imports no platformctl."""

from __future__ import annotations

import contextlib
import email
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from support.servers import free_port

PASSWORD = "correct horse"
REFUSED = "nobody@upgraded.example"


@dataclass
class Letters:
    """What a mail server was given; `secured` is how each connection was, letter by letter."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    secured: list[str | None] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)

    def to(self, address: str) -> EmailMessage:
        (found,) = [letter for letter in self.letters if letter["To"] == address]
        return found


def certificate(folder: Path) -> Path:
    """A self-signed one for 127.0.0.1, with its key beside it: key.pem."""
    path = folder / "certificate.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "key.pem", "-out", path,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


@contextlib.contextmanager
def serving(certificate: Path | None, *, from_the_start: bool = False) -> Iterator[Letters]:
    """A server that takes nothing before STARTTLS and a log-in; from_the_start: it speaks TLS alone.

    Without a certificate it offers no TLS, and a log-in in clear.
    """

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address: str, options) -> str:  # noqa: N802
            if address == REFUSED:
                return "550 5.1.1 no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
            tls = session.ssl or (server.transport.get_extra_info("ssl_object") and {})
            got.secured.append("TLS" if tls is not None and tls is not False else None)
            got.letters.append(email.message_from_bytes(envelope.content, policy=default))
            return "250 OK"

    def let_in(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        got.passwords.append(data.password)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    begun = context is not None and not from_the_start
    controller = Controller(
        Handler(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=let_in,
        auth_required=True,
        auth_require_tls=begun,
        require_starttls=begun,
        tls_context=context if begun else None,
        ssl_context=context if from_the_start else None,
    )
    controller.start()
    got = Letters(controller.port)
    try:
        yield got
    finally:
        controller.stop()
