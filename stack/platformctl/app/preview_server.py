"""The preview's web server: its page, the dashboards' JSON, and a narrow way through to Prometheus.

It listens on the loopback interface alone and answers only requests that name it as their host, so that no
web page elsewhere can read metrics through a name that resolves to this machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

import requests

_HOST: Final = "127.0.0.1"
_ASSETS: Final = {
    "main.js": "text/javascript", "data.js": "text/javascript", "format.js": "text/javascript",
    "charts.js": "text/javascript", "panels.js": "text/javascript", "preview.css": "text/css",
    "vendor/echarts.min.js": "text/javascript",
}  # fmt: skip
_QUESTIONS: Final = re.compile(r"query|query_range|label/[a-zA-Z_][a-zA-Z0-9_]*/values")
_TIMEOUT_S: Final = 30.0
# Charts set styles by script and in their tooltips; nothing is loaded from elsewhere.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One dashboard as Grafana would load it."""

    uid: str
    title: str
    dashboard: object


class PreviewServer(ThreadingHTTPServer):
    """Bound when made; serves with `serve_forever` until `shutdown`."""

    daemon_threads = True

    def __init__(self, *, pages: tuple[Page, ...], prometheus: str, port: int) -> None:
        self.pages = {page.uid: page for page in pages}
        self.prometheus = prometheus
        self.session = requests.Session()
        self.session.trust_env = False
        super().__init__((_HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{_HOST}:{self.server_port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The values of the Host header that mean this server."""
        return frozenset({f"{_HOST}:{self.server_port}", f"localhost:{self.server_port}"})

    def server_close(self) -> None:
        """Give the port and the connections back."""
        super().server_close()
        self.session.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "platformctl"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one request."""
        server = cast(PreviewServer, self.server)
        url = urlsplit(self.path)
        path = url.path
        if self.headers.get("Host") not in server.hosts:
            self._error(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name")
        elif path == "/" or re.fullmatch(r"/d/[a-z0-9-]+", path):
            self._file("index.html", "text/html")
        elif path.startswith("/assets/") and (asset := path.removeprefix("/assets/")) in _ASSETS:
            self._file(asset, _ASSETS[asset])
        elif path == "/api/dashboards":
            self._json({"dashboards": [{"uid": p.uid, "title": p.title} for p in server.pages.values()]})
        elif path.startswith("/api/dashboards/"):
            self._dashboard(server, path.removeprefix("/api/dashboards/"))
        elif path.startswith("/api/") and _QUESTIONS.fullmatch(question := path.removeprefix("/api/")):
            self._ask(server, question, parse_qsl(url.query))
        else:
            self._error(HTTPStatus.NOT_FOUND, "there is no such page")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the command."""

    def _dashboard(self, server: PreviewServer, uid: str) -> None:
        if page := server.pages.get(uid):
            self._json(page.dashboard)
        else:
            self._error(HTTPStatus.NOT_FOUND, f"there is no dashboard {uid}")

    def _ask(self, server: PreviewServer, question: str, parameters: list[tuple[str, str]]) -> None:
        """Put a read-only question to Prometheus; its answer, errors included, goes back as it is."""
        method = "GET" if question.startswith("label/") else "POST"
        try:
            answer = server.session.request(
                method,
                f"http://{server.prometheus}/api/v1/{question}",
                params=parameters if method == "GET" else None,
                data=parameters if method == "POST" else None,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException:
            self._error(HTTPStatus.BAD_GATEWAY, f"Prometheus at {server.prometheus} does not answer")
            return
        self._send(answer.status_code, answer.content, "application/json")

    def _file(self, name: str, kind: str) -> None:
        file = resources.files("platformctl.app").joinpath("preview_page", *name.split("/"))
        self._send(HTTPStatus.OK, file.read_bytes(), f"{kind}; charset=utf-8")

    def _json(self, data: object) -> None:
        self._send(HTTPStatus.OK, json.dumps(data).encode(), "application/json")

    def _error(self, status: HTTPStatus, error: str) -> None:
        self._send(status, json.dumps({"status": "error", "error": error}).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", _POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
