"""Stands in for cAdvisor where its image cannot be had: the same four metrics, told by the engine itself.

Start times, limits and memory come from the engine's API; out-of-memory kills from its events.
"""

import http.client
import http.server
import json
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from datetime import datetime

SOCKET = "/var/run/docker.sock"
KILLS: Counter[str] = Counter()
SHOWN = [b""]


class Engine(http.client.HTTPConnection):
    """The engine's API behind its socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(SOCKET)


def get(path: str) -> http.client.HTTPResponse:
    connection = Engine("engine")
    connection.request("GET", path)
    return connection.getresponse()


def count_kills() -> None:
    while True:
        try:
            for line in get("/events?filters=%7B%22event%22%3A%5B%22oom%22%5D%7D"):
                KILLS[json.loads(line)["Actor"]["ID"]] += 1
        except (OSError, ValueError, KeyError):
            time.sleep(0.5)


def keep_looking() -> None:
    """A scrape is answered at once, whatever the engine takes."""
    while True:
        try:
            SHOWN[0] = exposition().encode()
        except (OSError, ValueError, KeyError) as error:  # a container that is just going
            print(f"{type(error).__name__}: {error}", flush=True)
        time.sleep(0.5)


def exposition() -> str:
    lines = []
    for summary in json.load(get("/containers/json")):
        one = json.load(get(f"/containers/{summary['Id']}/json"))
        labels = f'{{id="/docker/{one["Id"]}", image="{one["Config"]["Image"]}", name="{one["Name"].lstrip("/")}"}}'
        started = datetime.fromisoformat(one["State"]["StartedAt"][:19] + "+00:00").timestamp()
        statistics = json.load(get(f"/containers/{one['Id']}/stats?stream=false&one-shot=true"))[
            "memory_stats"
        ]
        used = statistics.get("usage", 0) - statistics.get("stats", {}).get("total_inactive_file", 0)
        for name, value in (
            ("container_start_time_seconds", started),
            ("container_oom_events_total", KILLS[one["Id"]]),
            ("container_memory_working_set_bytes", used),
            ("container_spec_memory_limit_bytes", one["HostConfig"]["Memory"]),
        ):
            lines.append(f"{name}{labels} {value}")
    return "\n".join(lines) + "\n"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = SHOWN[0] if self.path == "/metrics" else b"ok"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
for work in (count_kills, keep_looking):
    threading.Thread(target=work, daemon=True).start()
port = next(int(word.partition("=")[2]) for word in sys.argv if word.startswith("--port="))
http.server.ThreadingHTTPServer(("0.0.0.0", port), Answer).serve_forever()
