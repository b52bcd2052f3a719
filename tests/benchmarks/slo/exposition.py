"""The metrics of a gateway with many tenants, whose counters grow by the second."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REQUESTS = "edge_requests_total"
DURATION = "edge_request_duration_seconds"
BOUNDS = ("0.25", "0.5", "1.0", "2.5", "10.0", "30.0", "+Inf")
BURNING = 10
TIERS = ("bronze", "silver", "gold", "platinum")


@dataclass(frozen=True)
class Exposition:
    """A tenant has two status classes and a histogram, and 60 requests a minute.

    Of ten tenants, nine have no failure. The tenth has one in 10,000, and of it ten in all burn at 5 %.
    One tenant of a hundred has a contract of its own.
    """

    tenants: int

    def text(self) -> str:
        """The exposition at this second."""
        now = int(time.time()) % 1_000_000
        return "".join(self._tenant(n, now) for n in range(self.tenants))

    def _tenant(self, n: int, now: int) -> str:
        label = f'tenant="tenant-{n}"'
        bad = 0 if n % 10 else now // 20 if n < BURNING * 10 else now // 10_000
        bounds = "".join(f'{DURATION}_bucket{{{label},le="{bound}"}} {now - bad}\n' for bound in BOUNDS[:-1])
        agreed = f'tenant_objective_ratio{{{label},slo="availability"}} 0.9999\n' if n % 100 == 0 else ""
        return (
            f'{agreed}tenant_info{{{label},tier="{TIERS[n % len(TIERS)]}",vertical="hotels"}} 1\n'
            f'{REQUESTS}{{{label},status_class="2xx"}} {now - bad}\n'
            f'{REQUESTS}{{{label},status_class="5xx"}} {bad}\n'
            f'{bounds}{DURATION}_bucket{{{label},le="+Inf"}} {now}\n{DURATION}_count{{{label}}} {now}\n'
        )


@contextlib.contextmanager
def exposing(exposition: Exposition) -> Iterator[str]:
    """The address at which the exposition can be scraped."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(exposition.text().encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
