"""What is asked from outside, and who asks. Add the addresses that your users know: UrlProbe(url="https://...")."""

from __future__ import annotations

from typing import Final

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
from platformctl.model.probe import ComponentProbe

_ARGS: Final = ("--config.file={config}/blackbox.yml", "--web.listen-address={listen:http}")

BLACKBOX_EXPORTER: Final = Component(
    name="blackbox-exporter",
    title="Blackbox exporter",
    ports=(Port(name="http", number=9115),),
    health=HttpHealth(port="http", path="/-/healthy"),
    reload=HttpReload(port="http", path="/-/reload"),
    scrape=Scrape(port="http"),
    config=("blackbox",),
    container=Container(
        image=Image(repository="prom/blackbox-exporter", tag="v0.28.0"),
        command=_ARGS,
        config_path="/etc/platformctl",
        user="65534",
        memory_mb=64,
    ),
    native=Native(
        binaries=("prometheus-blackbox-exporter", "blackbox_exporter"),
        package="prometheus-blackbox-exporter",
        args=_ARGS,
    ),
)

COMPONENTS: Final = (BLACKBOX_EXPORTER,)

PROBES: Final = (
    ComponentProbe(component="gateway", port="ops", path="/healthz"),
    ComponentProbe(component="demo-api", port="http", path="/ready"),
    ComponentProbe(component="prometheus", port="http", path="/-/ready"),
    ComponentProbe(component="alertmanager", port="http", path="/-/ready"),
    ComponentProbe(component="grafana", port="http", path="/api/health"),
    ComponentProbe(component="loki", port="http", path="/ready"),
)
