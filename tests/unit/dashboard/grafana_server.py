"""A stand-in for a Grafana: what its HTTP API documentation (12.4) says of folders, dashboards, versions and search.

It keeps state, refuses what Grafana is documented to refuse, and rewrites what it is given, as Grafana does. It is
no Grafana: nothing proved on it has been seen on a real one.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-a-service-account"

Object = dict[str, Any]


@dataclass
class Grafana:
    """calls: method and path of each request. old_versions: answer with a list, as Grafana 10 did."""

    url: str = ""
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, Object] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    old_versions: bool = False
    fail_after: int = 1000

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "GET"]

    def save(self, tree: Object, *, folder: str, message: str, by: str) -> Object:
        """As a person in the browser, or as the API for one who may."""
        kept = self.dashboards.setdefault(tree["uid"], {"versions": [], "provisioned": False})
        number = len(kept["versions"]) + 1
        told = {"version": number, "message": message, "createdBy": by, "created": "2026-11-20T10:00:00Z"}
        kept["versions"].append(told)
        kept["folder"] = folder
        kept["tree"] = {**tree, "id": len(self.dashboards), "version": number, "preload": False}
        return kept

    def edit(self, uid: str, **changes: object) -> None:
        """By hand, in the browser."""
        kept = self.dashboards[uid]
        self.save({**kept["tree"], **changes}, folder=kept["folder"], message="", by="anna")

    def answer(
        self, method: str, path: str, query: dict[str, str], body: Object | None
    ) -> tuple[int, object]:
        match [method, *path.strip("/").split("/")]:
            case ["GET", "api", "folders"]:
                return 200, page([{"uid": u, "title": t} for u, t in sorted(self.folders.items())], query)
            case ["POST", "api", "folders"]:
                if not body or not body.get("title") or body["uid"] in self.folders:
                    return 412, {"message": "a folder with that uid exists already"}
                self.folders[body["uid"]] = body["title"]
                return 200, body
            case ["GET", "api", "search"]:
                found = [
                    {"uid": u}
                    for u, d in sorted(self.dashboards.items())
                    if query["tag"] in d["tree"]["tags"]
                ]
                return 200, page(found, query)
            case ["POST", "api", "dashboards", "db"]:
                return self.take(body or {})
            case ["GET", "api", "dashboards", "uid", uid] if uid in self.dashboards:
                kept = self.dashboards[uid]
                meta = {"folderUid": kept["folder"], "provisioned": kept["provisioned"]}
                return 200, {"dashboard": kept["tree"], "meta": meta}
            case ["GET", "api", "dashboards", "uid", uid, "versions"] if uid in self.dashboards:
                newest = list(reversed(self.dashboards[uid]["versions"]))[: int(query.get("limit", "1000"))]
                return 200, newest if self.old_versions else {"continueToken": "", "versions": newest}
            case ["DELETE", "api", "dashboards", "uid", uid] if uid in self.dashboards:
                del self.dashboards[uid]
                return 200, {"title": uid}
        return 404, {"message": "Not found"}

    def take(self, body: Object) -> tuple[int, object]:
        tree = body["dashboard"]
        if len(self.writes) > self.fail_after:
            return 500, {"message": "the disk is full"}
        if not tree.get("title") or len(tree.get("uid", "")) > 40 or body["folderUid"] not in self.folders:
            return 400, {"message": "no title, no good uid, or no such folder"}
        kept = self.dashboards.get(tree["uid"])
        if kept and kept["provisioned"]:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if kept and not body["overwrite"] and tree.get("version") != kept["tree"]["version"]:
            return 412, {
                "status": "version-mismatch",
                "message": "The dashboard has been changed by someone else",
            }
        self.save(tree, folder=body["folderUid"], message=body["message"], by="sa-platformctl")
        return 200, {
            "status": "success",
            "uid": tree["uid"],
            "version": len(self.dashboards[tree["uid"]]["versions"]),
        }


def page(members: list[Object], query: dict[str, str]) -> list[Object]:
    limit, number = int(query["limit"]), int(query["page"])
    return members[limit * (number - 1) : limit * number]


@contextlib.contextmanager
def serving() -> Iterator[Grafana]:
    """A Grafana at its `url`, for the time of the block."""
    grafana = Grafana()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            grafana.calls.append((self.command, parts.path))
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            status, answer = 401, {"message": "Invalid API key"}
            if self.headers.get("Authorization") == f"Bearer {TOKEN}":
                status, answer = grafana.answer(self.command, parts.path, query, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the names that the server calls

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    grafana.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
