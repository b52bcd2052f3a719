"""The load test against a real limiter, and against limiters that are wrong: its verdict tells them apart."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from e2e.ratelimit.processes import process, uvicorn
from e2e.ratelimit.servers import RedisServer
from support.servers import free_port
from typer.testing import CliRunner, Result

from platformctl.errors import UsageError
from platformctl_cli.main import command_line

pytestmark = pytest.mark.e2e
APPS = Path(__file__).parents[2] / "benchmarks" / "ratelimit"
Admit = Callable[[int], int]


def load_test(port: int, *options: str) -> Result:
    words = ["ratelimit", "load-test", f"http://127.0.0.1:{port}/data", *options]
    return CliRunner().invoke(command_line(), words)


@contextmanager
def answering(admit: Admit) -> Iterator[int]:
    """A server that answers its nth request with the status that `admit` gives."""
    numbers, lock = iter(range(10**6)), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                status = admit(next(numbers))
            self.send_response(status)
            self.send_header("RateLimit-Policy", '"ten";q=10;w=60')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_real_limiter_is_found_accurate_and_told_live(redis_server: RedisServer) -> None:
    port = free_port()
    environment = {"STACK": "noisy", "REDIS_PORT": str(redis_server.port), "LIMITS": "1"}
    serve = [word for word in uvicorn("apps:app", port, "--app-dir", str(APPS)) if word != "--factory"]
    with process(*serve, port=port, **environment):
        done = load_test(port, "--rate", "100", "--seconds", "3", "-H", "x-tenant: acme")
    assert done.exit_code == 0, done.output
    assert "verdict: accurate" in done.stdout
    assert len(re.findall(r"^ +\d+ +\d+ ", done.stderr, re.MULTILINE)) >= 2
    assert re.search(r"sec +20 +1 s", done.stdout)
    assert re.search(r"min +1200 +60 s", done.stdout)


@pytest.mark.parametrize(
    ("admit", "verdict"),
    [
        (lambda n: 200 if n < 10 else 429, None),
        (lambda n: 200, "ten: "),
        (lambda n: 200 if n < 16 else 429, "more admitted than the limits allow"),
        (lambda n: 200 if n < 4 else 429, "6 wrongly denied"),
        (lambda n: 200 if n < 10 else 503, "requests failed"),
    ],
)
def test_the_verdict_tells_a_wrong_limiter_from_a_right_one(admit: Admit, verdict: str | None) -> None:
    with answering(admit) as port:
        done = load_test(port, "--rate", "60", "--seconds", "0.6", "-c", "2", "--json")
    found = json.loads(done.stdout)
    assert found["figures"]["offered"] == 36
    problems = "; ".join(found["problems"])
    assert done.exit_code == (1 if verdict else 0)
    assert (verdict in problems) if verdict else problems == ""


def test_any_answer_but_a_refusal_is_an_admission() -> None:
    with answering(lambda _n: 404) as port:
        done = load_test(port, "--rate", "20", "--seconds", "0.2", "--limit", "10/60")
        assert "accurate; 4 admitted, 4 are right" in done.stdout


@pytest.mark.parametrize(
    "options",
    [("--rate", "5000"), ("--seconds", "3000"), ("-c", "500"), ("-H", "nonsense"), ("--limit", "x")],
)
def test_a_load_without_bounds_is_refused(options: tuple[str, ...]) -> None:
    assert isinstance(load_test(9, *options).exception, UsageError)


def test_another_machine_is_loaded_only_when_named() -> None:
    done = CliRunner().invoke(command_line(), ["ratelimit", "load-test", "http://192.0.2.1/"])
    assert "--allow-remote 192.0.2.1" in str(done.exception)
