"""The parts of the stack that every deployment has."""

from __future__ import annotations

from signal import Signals
from typing import Final

from platformctl.model.backup import HttpSnapshot, PrintedCopy
from platformctl.model.component import (
    Component,
    Container,
    HttpHealth,
    HttpReload,
    Image,
    Native,
    Network,
    Port,
    PrepareStep,
    Profile,
    Scheme,
    Scrape,
    TcpHealth,
)
from platformctl.model.units import seconds

PROMETHEUS: Final = Component(
    name="prometheus",
    profile=Profile.MINIMAL,
    title="Prometheus",
    ports=(Port(name="http", number=9090),),
    health=HttpHealth(port="http", path="/-/ready"),
    reload=HttpReload(port="http", path="/-/reload"),
    scrape=Scrape(port="http"),
    config=("prometheus",),
    container=Container(
        # 3.13 is the line with long-term support, until July 2027.
        image=Image(repository="prom/prometheus", tag="v3.13.5"),
        command=(
            "--config.file={config}/prometheus.yml",
            "--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time={retention:32d}",
            "--web.listen-address={listen:http}",
            "--web.enable-lifecycle",
            "--web.enable-remote-write-receiver",  # what Loki's rules record, and the collector's span metrics
            "--web.user-assets={config}/assets",
            "--enable-feature=exemplar-storage",
        ),
        config_path="/etc/platformctl",
        data_path="/prometheus",
        user="65534",
        # 20,000 series took 291 MB without queries: 14 KB each in a small server, and less in a large one.
        memory_mb=384,
        memory_kb_per_series=8,
        cpus=1.0,
    ),
    native=Native(
        binaries=("prometheus",),
        package="prometheus",
        args=(
            "--config.file={config}/prometheus.yml",
            "--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time={retention:32d}",
            "--web.listen-address={listen:http}",
            "--web.enable-lifecycle",
            "--web.enable-remote-write-receiver",  # what Loki's rules record, and the collector's span metrics
            "--web.user-assets={config}/assets",
            "--enable-feature=exemplar-storage",
        ),
        stop_timeout=seconds(30),
    ),
    # Answers only with --web.enable-admin-api, which also lets everybody delete series.
    backup=HttpSnapshot(port="http", path="/api/v1/admin/tsdb/snapshot", folder="snapshots"),
)

ALERTMANAGER: Final = Component(
    name="alertmanager",
    profile=Profile.MINIMAL,
    title="Alertmanager",
    ports=(Port(name="http", number=9093),),
    health=HttpHealth(port="http", path="/-/ready"),
    reload=HttpReload(port="http", path="/-/reload"),
    scrape=Scrape(port="http"),
    config=("alertmanager",),
    container=Container(
        image=Image(repository="prom/alertmanager", tag="v0.34.2"),
        command=(
            "--config.file={config}/alertmanager.yml",
            "--storage.path={data}",
            "--web.listen-address={listen:http}",
            "--cluster.listen-address=",
        ),
        config_path="/etc/platformctl",
        data_path="/alertmanager",
        user="65534",
    ),
    native=Native(
        binaries=("prometheus-alertmanager", "alertmanager"),
        package="prometheus-alertmanager",
        args=(
            "--config.file={config}/alertmanager.yml",
            "--storage.path={data}",
            "--web.listen-address={listen:http}",
            "--cluster.listen-address=",
        ),
    ),
)

NODE_EXPORTER: Final = Component(
    name="node-exporter",
    profile=Profile.MINIMAL,
    title="Node exporter",
    ports=(Port(name="http", number=9100),),
    health=HttpHealth(port="http", path="/"),
    scrape=Scrape(port="http"),
    container=Container(
        image=Image(repository="prom/node-exporter", tag="v1.12.1"),
        command=("--web.listen-address={listen:http}",),
        user="65534",
        memory_mb=64,
    ),
    native=Native(
        binaries=("prometheus-node-exporter", "node_exporter"),
        package="prometheus-node-exporter",
        # Debian's build asks systemd unless told not to: where none runs, that is an error at every scrape.
        args=("--web.listen-address={listen:http}", "--no-collector.systemd"),
    ),
)

REDIS: Final = Component(
    name="redis",
    networks=(Network.DATA,),
    title="Redis",
    ports=(Port(name="redis", number=6379, scheme=Scheme.TCP),),
    health=TcpHealth(port="redis"),
    container=Container(
        image=Image(repository="redis", tag="8.10.2-alpine"),
        # Protected mode would refuse the other containers; outside their network only loopback reaches it.
        command=(
            "redis-server", "--port", "{port:redis}", "--dir", "{data}", "--appendonly", "yes",
            "--protected-mode", "no",
        ),
        health_command=("redis-cli", "-e", "-p", "{port:redis}", "ping"),
        data_path="/data",
        user="999",
        memory_kb_per_tenant=16,
    ),
    native=Native(
        binaries=("redis-server",),
        package="redis-server",
        # Its port is open before its files are: only an answer says that it will stay.
        health_command=("redis-cli", "-e", "-p", "{port:redis}", "ping"),
        args=(
            "--port", "{port:redis}", "--bind", "127.0.0.1", "--dir", "{data}", "--appendonly", "yes",
            "--daemonize", "no",
        ),
    ),
)  # fmt: skip

REDIS_EXPORTER: Final = Component(
    name="redis-exporter",
    networks=(Network.DATA, Network.MONITORING),
    title="Redis exporter",
    ports=(Port(name="http", number=9121),),
    health=HttpHealth(port="http", path="/health"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("redis",),
    container=Container(
        # The plain tag is built from scratch: nothing in it could ask the exporter how it is.
        image=Image(repository="oliver006/redis_exporter", tag="v1.91.1-alpine"),
        command=("--web.listen-address={listen:http}", "--redis.addr=redis://{address:redis:redis}"),
        user="59000",
        memory_mb=64,
    ),
    native=Native(
        binaries=("prometheus-redis-exporter", "redis_exporter"),
        package="prometheus-redis-exporter",
        args=("--web.listen-address={listen:http}", "--redis.addr=redis://{address:redis:redis}"),
    ),
)

POSTGRES: Final = Component(
    name="postgres",
    networks=(Network.DATA,),
    title="PostgreSQL",
    ports=(Port(name="postgres", number=5432, scheme=Scheme.TCP),),
    health=TcpHealth(port="postgres"),
    secrets=("postgres-password",),
    container=Container(
        image=Image(repository="postgres", tag="17.10-alpine"),
        environment={
            "POSTGRES_PASSWORD_FILE": "{secret:postgres-password}",
            "POSTGRES_DB": "platform",
            "PGDATA": "{data}/pgdata",
        },
        # By address: while it makes the cluster, the image runs a server on its socket alone.
        health_command=("pg_isready", "-q", "-h", "127.0.0.1", "-p", "{port:postgres}"),
        data_path="/var/lib/postgresql/data",
        user="70",
        memory_mb=512,
        memory_kb_per_tenant=64,
        cpus=1.0,
        tmpfs=("/var/run/postgresql", "/tmp"),  # noqa: S108 - a path in the container
    ),
    native=Native(
        binaries=("postgres",),
        search=("/usr/lib/postgresql/*/bin",),
        package="postgresql",
        unprivileged_user="postgres",
        health_command=("pg_isready", "-q", "-h", "127.0.0.1", "-p", "{port:postgres}"),
        stop_signal=Signals.SIGINT,  # SIGTERM waits for every client to leave
        args=(
            "-D", "{data}/pgdata", "-p", "{port:postgres}", "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=",
        ),
        prepare=(
            PrepareStep(
                argv=(
                    "initdb", "-D", "{data}/pgdata", "-U", "postgres", "--auth=scram-sha-256",
                    "--pwfile={secret:postgres-password}", "--encoding=UTF8", "--locale=C",
                ),
                creates="{data}/pgdata/PG_VERSION",
            ),
            PrepareStep(
                argv=("postgres", "--single", "-D", "{data}/pgdata", "-c", "exit_on_error=on", "postgres"),
                stdin="CREATE DATABASE platform;\n",
                creates="{data}/.platform-database",
            ),
        ),
    ),
    backup=PrintedCopy(
        argv=(
            "pg_basebackup", "--host=127.0.0.1", "--port={port:postgres}", "--username=postgres", "--pgdata=-",
            "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password",
        ),
        folder="pgdata",
        secrets={"PGPASSWORD": "postgres-password"},
    ),
)  # fmt: skip

POSTGRES_EXPORTER: Final = Component(
    name="postgres-exporter",
    networks=(Network.DATA, Network.MONITORING),
    title="PostgreSQL exporter",
    ports=(Port(name="http", number=9187),),
    health=HttpHealth(port="http", path="/"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("postgres",),
    secrets=("postgres-password",),
    container=Container(
        image=Image(repository="prometheuscommunity/postgres-exporter", tag="v0.20.1"),
        command=("--web.listen-address={listen:http}",),
        environment={
            "DATA_SOURCE_URI": "{address:postgres:postgres}/platform?sslmode=disable",
            "DATA_SOURCE_USER": "postgres",
            "DATA_SOURCE_PASS_FILE": "{secret:postgres-password}",
        },
        user="65534",
        memory_mb=64,
    ),
    native=Native(
        binaries=("prometheus-postgres-exporter", "postgres_exporter"),
        package="prometheus-postgres-exporter",
        args=("--web.listen-address={listen:http}",),
        environment={
            "DATA_SOURCE_URI": "{address:postgres:postgres}/platform?sslmode=disable",
            "DATA_SOURCE_USER": "postgres",
            "DATA_SOURCE_PASS_FILE": "{secret:postgres-password}",
        },
    ),
)

COMPONENTS: Final = (
    PROMETHEUS,
    ALERTMANAGER,
    NODE_EXPORTER,
    REDIS,
    REDIS_EXPORTER,
    POSTGRES,
    POSTGRES_EXPORTER,
)
