"""Servers with Prometheus' API that answer what a test wants them to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOW = 1_795_435_200  # 23 November 2026

HEARD: list[Message] = []
"""The headers of what `answering` was asked, the last time."""


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
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
