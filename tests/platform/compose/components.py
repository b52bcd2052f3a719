"""Prometheus, Alertmanager and one exporter: enough to deploy, and quick."""

from platformctl.model.backup import HttpSnapshot
from platformctl.model.component import (
    Component,
    Container,
    HttpHealth,
    HttpReload,
    Image,
    Native,
    Port,
    Scrape,
)
from platformctl.model.units import seconds

COMPONENTS = (
    Component(
        name="prometheus",
        title="Prometheus",
        ports=(Port(name="http", number=19090),),
        health=HttpHealth(port="http", path="/-/ready"),
        reload=HttpReload(port="http", path="/-/reload"),
        scrape=Scrape(port="http", interval=seconds(1)),
        config=("prometheus",),
        container=Container(
            image=Image(repository="prom/prometheus", tag="v3.5.0"),
            command=(
                "--config.file={config}/prometheus.yml",
                "--storage.tsdb.path={data}",
                "--web.listen-address={listen:http}",
                "--web.enable-lifecycle",
            ),
            config_path="/etc/platformctl",
            data_path="/prometheus",
            user="65534",
        ),
        native=Native(
            binaries=("prometheus",),
            package="prometheus",
            args=(
                "--config.file={config}/prometheus.yml",
                "--storage.tsdb.path={data}",
                "--web.listen-address={listen:http}",
                "--web.enable-lifecycle",
            ),
        ),
        backup=HttpSnapshot(port="http", path="/api/v1/admin/tsdb/snapshot", folder="snapshots"),
    ),
    Component(
        name="alertmanager",
        title="Alertmanager",
        ports=(Port(name="http", number=19093),),
        health=HttpHealth(port="http", path="/-/ready"),
        reload=HttpReload(port="http", path="/-/reload"),
        scrape=Scrape(port="http", interval=seconds(1)),
        config=("alertmanager",),
        container=Container(
            image=Image(repository="prom/alertmanager", tag="v0.28.1"),
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
    ),
    Component(
        name="node-exporter",
        title="Node exporter",
        ports=(Port(name="http", number=19100),),
        health=HttpHealth(port="http", path="/"),
        scrape=Scrape(port="http", interval=seconds(1)),
        container=Container(
            image=Image(repository="prom/node-exporter", tag="v1.9.1"),
            command=("--web.listen-address={listen:http}",),
            user="65534",
        ),
        native=Native(
            binaries=("prometheus-node-exporter", "node_exporter"),
            package="prometheus-node-exporter",
            args=("--web.listen-address={listen:http}",),
        ),
    ),
)
