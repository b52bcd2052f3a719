"""The way to a mail server: STARTTLS, TLS and passwords, with real ones."""

from __future__ import annotations

import shutil
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import post_office
import pytest
from post_office import PASSWORD, REFUSED, Letters

from platformctl.errors import PlatformError
from platformctl.sinks import mail
from platformctl.sla.delivery import MailServer, Security

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return post_office.certificate(tmp_path_factory.mktemp("tls"))


def server(office: Letters, security: Security, ca_file: Path | None) -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=office.port,
        security=security,
        sender="sla@example.com",
        user="sla",
        ca_file=ca_file,
    )


def letter(to: str = "a@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "sla@example.com", to, "Report"
    message.set_content("Figures")
    return message


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_letters_go_over_tls_after_a_log_in(certificate: Path, security: Security) -> None:
    with post_office.serving(certificate, from_the_start=security is Security.TLS) as office:
        mail.send(server(office, security, certificate), PASSWORD, [letter(), letter("b@example.com")])
    assert [one["To"] for one in office.letters] == ["a@example.com", "b@example.com"]
    assert office.secured == ["TLS", "TLS"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_of_a_stranger_gets_no_password(certificate: Path, security: Security) -> None:
    with (
        post_office.serving(certificate, from_the_start=security is Security.TLS) as office,
        pytest.raises(PlatformError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        mail.send(server(office, security, None), PASSWORD, [letter()])
    assert (office.letters, office.passwords) == ([], [])


def test_a_certificate_for_another_host_gets_no_password(certificate: Path) -> None:
    with post_office.serving(certificate) as office, pytest.raises(PlatformError, match="Hostname mismatch"):
        elsewhere = replace(server(office, Security.STARTTLS, certificate), host="localhost")
        mail.send(elsewhere, PASSWORD, [letter()])
    assert office.passwords == []


def test_a_server_without_starttls_gets_no_password() -> None:
    """As when somebody on the way cuts the offer out."""
    with post_office.serving(None) as office, pytest.raises(PlatformError, match="STARTTLS"):
        mail.send(server(office, Security.STARTTLS, None), PASSWORD, [letter()])
    assert (office.letters, office.passwords) == ([], [])


def test_a_wrong_password_is_told_of_without_the_password(certificate: Path) -> None:
    with (
        post_office.serving(certificate) as office,
        pytest.raises(PlatformError, match=r"535 5\.7\.8 Authentication credentials invalid") as told,
    ):
        mail.send(server(office, Security.STARTTLS, certificate), "battery staple", [letter()])
    assert "battery" not in str(told.value)
    assert office.letters == []


def test_an_address_that_is_refused_keeps_nobody_else_from_theirs(certificate: Path) -> None:
    messages = [letter("a@example.com"), letter(REFUSED), letter("b@example.com")]
    with (
        post_office.serving(certificate) as office,
        pytest.raises(PlatformError, match=f"to {REFUSED}: 550 5.1.1 no such mailbox"),
    ):
        mail.send(server(office, Security.STARTTLS, certificate), PASSWORD, messages)
    assert [one["To"] for one in office.letters] == ["a@example.com", "b@example.com"]


def test_a_server_that_is_away_is_named() -> None:
    away = server(Letters(port=1), Security.STARTTLS, None)
    with pytest.raises(PlatformError, match="mail cannot be sent: ConnectionRefusedError") as told:
        mail.send(away, "", [letter()])
    assert told.value.where == "127.0.0.1:1"
