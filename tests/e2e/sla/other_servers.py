"""Servers with Prometheus' API that answer what a test wants them to."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOW = 1_795_435_200  # 23 November 2026

HEARD: list[Message] = []
"""The headers of what `answering` was asked, the last time."""


@contextlib.contextmanager
def guarding(url: str, *, needs: Mapping[str, str]) -> Iterator[str]:
    """A door before a real server, as of Mimir or Thanos: it lets in who brings these headers, and nobody else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if any(self.headers.get(name) != value for name, value in needs.items()):
                self._say(401, b"no org id")
                return
            with urllib.request.urlopen(url + self.path) as answer:
                self._say(answer.status, answer.read())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with _serving(Handler) as door:
        yield door


@contextlib.contextmanager
def answering(
    result: list[object],
    *,
    warnings: tuple[str, ...] = (),
    now: int = NOW,
    more: dict[str, object] | None = None,
) -> Iterator[str]:
    """A server with Prometheus' API that knows the time, and answers everything else with `result`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            HEARD.append(self.headers)
            body = {"status": "success", "data": {"resultType": "scalar", "result": [now, str(now)]}}
            if "time%28%29" not in self.path:
                body["data"] = {"resultType": "matrix", "result": result}
                body |= {"warnings": list(warnings)} if warnings else {}
                body |= more or {}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body, separators=(",", ":")).encode())

        def log_message(self, *_: object) -> None:
            return

    HEARD.clear()
    with _serving(Handler) as url:
        yield url


@contextlib.contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
