"""The edge's aggregator as a process."""

from __future__ import annotations

import logging
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from platform_telemetry.edge.aggregator import Aggregator
from platform_telemetry.edge.settings import from_environment

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def handler_of(aggregator: Aggregator, counting: Thread) -> type[BaseHTTPRequestHandler]:
    """Answers /metrics, and /live and /ready: alive while it counts, ready once it has caught up."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/metrics" if aggregator.caught_up.is_set():
                    self._answer(200, aggregator.exposition(), _CONTENT_TYPE)
                case "/live" if counting.is_alive():
                    self._answer(200, b"alive\n")
                case "/ready" if counting.is_alive() and aggregator.caught_up.is_set():
                    self._answer(200, b"ready\n")
                case "/metrics" | "/live" | "/ready":
                    self._answer(503, b"not yet\n")
                case _:
                    self._answer(404, b"not found\n")

        def _answer(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are not worth a line."""

    return Handler


def main() -> int:
    """Serve until a signal ends it."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = from_environment(os.environ)
    settings.state.mkdir(parents=True, exist_ok=True)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    aggregator = Aggregator(settings)
    counting = Thread(target=aggregator.run, args=(stop,), name="counting")
    server = ThreadingHTTPServer((settings.host, settings.port), handler_of(aggregator, counting))
    counting.start()
    Thread(target=server.serve_forever, daemon=True).start()
    while counting.is_alive():
        counting.join(1.0)
    server.shutdown()
    return 0 if stop.is_set() else 1


if __name__ == "__main__":
    raise SystemExit(main())
