"""Loki: where it keeps the lines, and the processes that it is."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import Component, Container, HttpHealth, Image, Native, Port, Scheme, Scrape
from platformctl.model.log_store import CREDENTIALS, LOKI, LogProcess, LogStore
from platformctl.model.units import seconds

# One process on one disk. With more lines than one process takes, or more than a disk holds, a bucket and processes
# for each way: LogStore(objects=ObjectStorage(endpoint="s3.eu-central-1.amazonaws.com", bucket="..."), writers=3,
# readers=2). The keys of the bucket are a secret that you give: .platformctl/secrets/log-store-credentials.
LOG_STORE: Final = LogStore()

_SECRETS: Final = (CREDENTIALS,) if LOG_STORE.objects else ()
_ENVIRONMENT: Final = {"AWS_SHARED_CREDENTIALS_FILE": f"{{secret:{CREDENTIALS}}}"} if _SECRETS else {}


def _component(process: LogProcess, nth: int) -> Component:
    """A process of Loki; the ports beside the first are their talk with each other, or with itself."""
    alone = len(LOG_STORE.processes) == 1
    gossip = () if alone else (Port(name="gossip", number=7946 + nth, scheme=Scheme.TCP),)
    args = (f"-config.file={{config}}/{process.name}.yml",)
    return Component(
        name=process.name,
        title="Loki" if process.name == LOKI else f"Loki ({', '.join(process.modules)})",
        # Two deployments on one machine need two of each.
        ports=(
            Port(name="http", number=3100 if process.name == LOKI else 3110 + nth),
            Port(name="grpc", number=9096 if process.name == LOKI else 9500 + nth, scheme=Scheme.TCP),
            *gossip,
        ),
        health=HttpHealth(port="http", path="/ready"),
        scrape=Scrape(port="http"),
        config=("loki",),
        secrets=_SECRETS,
        container=Container(
            image=Image(repository="grafana/loki", tag="3.7.8"),
            command=args,
            environment=_ENVIRONMENT,
            config_path="/etc/platformctl",
            data_path="/loki",
            user="10001",
            memory_mb=1024,
            # The image has no shell and no wget.
            health_command=("/usr/bin/loki", "-health", "-health.url=http://127.0.0.1:{port:http}/ready"),
            tmpfs=("/tmp",),  # noqa: S108 - a path in the container
        ),
        native=Native(
            binaries=("loki",),
            # Where scripts/build_loki.py leaves what no package repository of Debian or PyPI carries.
            search=("~/.cache/platformctl/bin",),
            args=args,
            environment=_ENVIRONMENT,
            version_argv=("-version",),
            stop_timeout=seconds(30),
        ),
    )


COMPONENTS: Final = tuple(_component(process, nth) for nth, process in enumerate(LOG_STORE.processes))
