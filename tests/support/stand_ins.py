"""Stand-ins for the images of the core components, made of Debian's programs."""

from __future__ import annotations

from typing import Final

from support.compose_sample import container, core
from support.engine import StandIn

_WGET: Final = {"/bin/wget": "/usr/bin/wget"}  # the published images have busybox for that
_POSTGRES: Final = "/usr/lib/postgresql/15"
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


def stand_ins() -> tuple[StandIn, ...]:
    """One for each image of the core components."""
    return (
        _server("prometheus", "/usr/bin/prometheus", data="/prometheus"),
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
            programs={"/bin/sh": "/bin/sh", "/usr/bin/pg_isready": f"{_POSTGRES}/bin/pg_isready"},
            trees=(_POSTGRES, "/usr/share/postgresql/15", _ZONES),
            texts={"/entrypoint.sh": _POSTGRES_ENTRYPOINT},
            entrypoint=("/entrypoint.sh",),
            owned={"/var/lib/postgresql/data": 70},
            open_folders=("/var/run/postgresql",),
        ),
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
