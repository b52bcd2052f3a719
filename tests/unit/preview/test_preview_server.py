"""What the preview's server answers, and what it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from platformctl.app.preview_server import Page, PreviewServer


class _Recorder(BaseHTTPRequestHandler):
    """Stands at Prometheus' place and tells what it was asked; a real one is asked in tests/e2e/preview."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        told = json.dumps({"method": self.command, "path": self.path, "body": body}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[PreviewServer]:
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), _Recorder)
    page = Page(uid="sample", title="A <sample>", dashboard={"title": "A <sample>"})
    preview = PreviewServer(pages=(page,), prometheus=f"127.0.0.1:{upstream.server_port}", port=0)
    threads = [
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True) for one in (upstream, preview)
    ]
    for thread in threads:
        thread.start()
    yield preview
    for one in (preview, upstream):
        one.shutdown()
        one.server_close()
    for thread in threads:
        thread.join()


def _get(
    server: PreviewServer, path: str, *, host: str = "", method: str = "GET"
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{server.server_port}"})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), dict(answer.headers)
    connection.close()
    return found


@pytest.mark.parametrize(
    "path", ["/", "/d/sample", "/assets/main.js", "/assets/vendor/echarts.min.js", "/api/dashboards"]
)
def test_the_page_and_its_parts_are_served(server: PreviewServer, path: str) -> None:
    status, body, headers = _get(server, path)
    assert (status, bool(body)) == (200, True)
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_a_request_under_another_name_is_refused(server: PreviewServer, host: str) -> None:
    assert _get(server, "/api/query?query=up", host=host)[0] == 421


def test_localhost_is_a_name_of_the_server(server: PreviewServer) -> None:
    assert _get(server, "/", host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/admin/tsdb/delete_series?match[]=up",
        "/api/query/../admin/tsdb/snapshot",
        "/api/label/a%2Fb/values",
        "/api/label/../../admin/values",
        "/assets/../preview_server.py",
        "/assets/index.html",
        "/d/..%2f..%2fetc",
        "/-/quit",
        "/metrics",
    ],
)
def test_nothing_else_is_reached(server: PreviewServer, path: str) -> None:
    assert _get(server, path)[0] == 404


def test_only_reading_is_possible(server: PreviewServer) -> None:
    assert _get(server, "/api/query?query=up", method="POST")[0] == 501


def test_a_question_reaches_prometheus_with_its_parameters(server: PreviewServer) -> None:
    told = json.loads(_get(server, "/api/query?query=up%7Bjob%3D%22a%26b%22%7D&time=1")[1])
    assert told == {
        "method": "POST",
        "path": "/api/v1/query",
        "body": "query=up%7Bjob%3D%22a%26b%22%7D&time=1",
    }
    told = json.loads(_get(server, "/api/label/tenant/values?match%5B%5D=up")[1])
    assert told["path"] == "/api/v1/label/tenant/values?match%5B%5D=up"


def test_a_prometheus_that_is_gone_is_named(server: PreviewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "prometheus", "127.0.0.1:1")
    status, body, _ = _get(server, "/api/query?query=up")
    assert (status, json.loads(body)["error"]) == (502, "Prometheus at 127.0.0.1:1 does not answer")


def test_an_unknown_dashboard_is_named(server: PreviewServer) -> None:
    assert json.loads(_get(server, "/api/dashboards/other")[1])["error"] == "there is no dashboard other"


def test_every_file_of_the_page_is_served_and_none_is_missing(server: PreviewServer) -> None:
    from importlib import resources

    folder = resources.files("platformctl.app").joinpath("preview_page")
    names = {f.name for f in folder.iterdir() if f.name.endswith((".js", ".css"))}
    assert names == {"main.js", "data.js", "format.js", "charts.js", "panels.js", "preview.css"}
    assert all(_get(server, f"/assets/{name}")[0] == 200 for name in names)
    licences = {f.name for f in folder.joinpath("vendor").iterdir()}
    assert {"echarts-LICENSE.txt", "echarts-NOTICE.txt", "echarts-LICENSE-d3.txt"} <= licences
