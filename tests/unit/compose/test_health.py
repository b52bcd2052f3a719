"""The health command of containers that carry nothing but Python, against a real HTTP server."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from platformctl.model.health import python_answers


class Answers(BaseHTTPRequestHandler):
    """200 at /ready, 503 elsewhere."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(path: str, port: int) -> int:
    program, *arguments = python_answers(path)
    assert program == "python"
    words = [word.replace("{port:http}", str(port)) for word in arguments]
    return subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode


def test_it_succeeds_where_the_path_is_answered_by_200(port: int) -> None:
    assert asked("/ready", port) == 0


def test_it_fails_at_any_other_answer(port: int) -> None:
    assert asked("/elsewhere", port) == 1


def test_it_fails_where_nothing_listens() -> None:
    with HTTPServer(("127.0.0.1", 0), Answers) as closed:
        port = closed.server_port
    assert asked("/ready", port) == 1
