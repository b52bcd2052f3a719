"""Stand-ins for the images of the core components, made of Debian's programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from support.compose_sample import container, core
from support.engine import StandIn
from support.servers import built

from platformctl.model.component import Component

_WGET: Final = {"/bin/wget": "/usr/bin/wget"}  # the published images have busybox for that
_POSTGRES: Final = "/usr/lib/postgresql/15"
_POSTGRES_CLIENTS: Final = ("pg_isready", "pg_basebackup", "psql")
_ZONES: Final = "/usr/share/zoneinfo"

# What the published image's entrypoint does for a user that is not root, in short.
_POSTGRES_ENTRYPOINT: Final = f"""#!/bin/sh
set -e
PATH={_POSTGRES}/bin:$PATH
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb -D "$PGDATA" -U postgres --auth=scram-sha-256 --pwfile="$POSTGRES_PASSWORD_FILE" --locale=C >&2
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    echo "CREATE DATABASE $POSTGRES_DB" | postgres --single -D "$PGDATA" postgres >&2
fi
exec postgres -c listen_addresses='*'
"""

_RESPONDER: Final = """\
import http.server, os, signal, sys, threading

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()

for port in sys.argv[1].split(","):
    server = http.server.ThreadingHTTPServer(("0.0.0.0", int(port)), Answer)
    threading.Thread(target=server.serve_forever).start()
"""
_WGET_SCRIPT: Final = """\
#!/usr/bin/python3
import sys, urllib.request
urllib.request.urlopen(sys.argv[-1], timeout=4)
"""
_PROBE: Final = """\
#!/usr/bin/python3
import urllib.request
urllib.request.urlopen("http://127.0.0.1:{port}/", timeout=4)
"""


def stand_ins() -> tuple[StandIn, ...]:
    """One for each image of the core components."""
    return (
        _server("prometheus", built("prometheus3") or "/usr/bin/prometheus", data="/prometheus"),
        _server(
            "alertmanager",
            "/usr/bin/prometheus-alertmanager",
            data="/alertmanager",
            trees=("/usr/share/prometheus/alertmanager", _ZONES),
        ),
        _server("node-exporter", "/usr/bin/prometheus-node-exporter"),
        _server("redis-exporter", "/usr/bin/prometheus-redis-exporter"),
        _server("postgres-exporter", "/usr/bin/prometheus-postgres-exporter"),
        StandIn(
            image=_image("redis"),
            programs={
                "/usr/bin/redis-server": "/usr/bin/redis-server",
                "/usr/bin/redis-cli": "/usr/bin/redis-cli",
            },
            owned={"/data": 999},
        ),
        StandIn(
            image=_image("postgres"),
            programs={
                "/bin/sh": "/bin/sh",
                **{f"/usr/bin/{name}": f"{_POSTGRES}/bin/{name}" for name in _POSTGRES_CLIENTS},
            },
            trees=(_POSTGRES, "/usr/share/postgresql/15", _ZONES),
            texts={"/entrypoint.sh": _POSTGRES_ENTRYPOINT},
            entrypoint=("/entrypoint.sh",),
            owned={"/var/lib/postgresql/data": 70},
            open_folders=("/var/run/postgresql",),
        ),
    )


def former_prometheus(image: str) -> StandIn:
    """The Prometheus 2.42 that Debian has."""
    return replace(_server("prometheus", "/usr/bin/prometheus", data="/prometheus"), image=image)


def of_binary(component: Component, program: str) -> StandIn:
    """A server of this machine under the name of a component's image."""
    part = container(component)
    return StandIn(
        image=str(part.image),
        programs={"/bin/server": program, **_WGET},
        entrypoint=("/bin/server",),
        owned={part.data_path: int(part.user)} if part.data_path else {},
    )


def script(image: str, path: Path) -> StandIn:
    """A Python script as an image; it needs the standard library alone."""
    return StandIn(
        image=image,
        programs={"/usr/bin/python3": "/usr/bin/python3"},
        trees=("/usr/lib/python3.11",),
        texts={"/script": path.read_text(), "/bin/wget": _WGET_SCRIPT},
        entrypoint=("/usr/bin/python3", "/script"),
    )


def responder(component: Component) -> StandIn:
    """For a server that is not to be had here: something that answers every request on its ports with 200."""
    part = container(component)
    probe = str(Path("/bin", part.health_command[0] if part.health_command else "wget"))
    return StandIn(
        image=str(part.image),
        programs={"/usr/bin/python3": "/usr/bin/python3"},
        trees=("/usr/lib/python3.11",),
        texts={"/responder": _RESPONDER, probe: _PROBE.format(port=component.ports[0].number)},
        entrypoint=("/usr/bin/python3", "/responder", ",".join(str(port.number) for port in component.ports)),
        owned={part.data_path: int(part.user)} if part.data_path else {},
    )


def _image(component: str) -> str:
    return str(container(core(component)).image)


def _server(component: str, program: str, *, data: str = "", trees: tuple[str, ...] = ()) -> StandIn:
    return StandIn(
        image=_image(component),
        programs={"/bin/server": program, **_WGET},
        entrypoint=("/bin/server",),
        trees=trees,
        owned={data: 65534} if data else {},
    )
