"""A door before a Prometheus: passes questions on, remembers their headers, and can be told to misbehave."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Door:
    """The door's address, what came through it, and how it misbehaves.

    cut: the number of the question whose answer breaks off half way; hang: the one that is never answered.
    warning: is added to the answer of the question of the number `warned`.
    """

    url: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    cut: int | None = None
    hang: int | None = None
    warning: str = ""
    warned: int | None = None
    hanging: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def asked(self) -> int:
        return len(self.headers)


@contextmanager
def before(prometheus: str) -> Iterator[Door]:
    """A door on a free port of the loopback."""
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            number = door.asked
            door.headers.append(dict(self.headers))
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if number == door.hang:
                door.hanging.set()
                door.released.wait(30)
                return
            status, answer = self._pass_on(question)
            if number == door.warned:
                answer = answer.rstrip()[:-1] + b',"warnings":["' + door.warning.encode() + b'"]}'
            self.send_response(status)
            if number != door.cut:  # without it, only the text itself shows that it broke off
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[: len(answer) // 2] if number == door.cut else answer)
            self.close_connection = True

        def _pass_on(self, question: bytes) -> tuple[int, bytes]:
            request = urllib.request.Request(prometheus + self.path, data=question)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    door.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.released.set()
        server.shutdown()
        server.server_close()
