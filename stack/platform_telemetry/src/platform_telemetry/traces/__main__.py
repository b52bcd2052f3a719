"""The collector as a process."""

from __future__ import annotations

import logging
import os
import signal
from http.server import ThreadingHTTPServer
from threading import Event, Thread

from platform_telemetry import contract
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments
from platform_telemetry.traces.server import answerer_of, receiver_of
from platform_telemetry.traces.settings import from_environment
from platform_telemetry.traces.spool import Spool


def main() -> int:
    """Serve until a signal ends it."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = from_environment(os.environ)
    settings.state.mkdir(parents=True, exist_ok=True)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    spool = Spool(settings.state / "spans.sqlite", most_bytes=settings.most_bytes)
    instruments = Instruments(contract.metrics_of((Group.TRACES,)))
    instruments.look_up(contract.SPAN_SPOOL_BYTES, lambda: {(): float(spool.size_bytes())})
    servers = (
        ThreadingHTTPServer(settings.otlp, receiver_of(spool, instruments)),
        ThreadingHTTPServer(settings.http, answerer_of(spool, instruments)),
    )
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    stop.wait()
    for server in servers:
        server.shutdown()
        server.server_close()
    spool.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
