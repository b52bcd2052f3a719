"""A service that does what it should not, when asked: /die ends it, /eat takes all memory it can get."""

import http.server
import os
import signal
import threading


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        if self.path == "/die":
            threading.Timer(0.1, lambda: os._exit(1)).start()
        if self.path == "/eat":
            threading.Thread(target=eat).start()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def eat() -> None:
    held = []
    while True:
        held.append(bytearray(os.urandom(1 << 20)))


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
