"""The demo platform: its API, and the traffic that keeps it busy."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import (
    Build,
    Component,
    Container,
    HttpHealth,
    Native,
    Network,
    Port,
    Profile,
    Scrape,
)
from platformctl.model.health import python_answers
from platformctl.model.units import seconds

_SECRETS: Final = ("demo-login-key",)
_IDENTITY: Final = ("identity-key",)
_MODULES: Final = (
    "fastapi",
    "uvicorn",
    "asyncpg",
    "sqlalchemy",
    "redis",
    "structlog",
    "prometheus_client",
    "httpx",
    "jwt",
    "opentelemetry.sdk",
)
_IMAGE: Final = Build(repository="platformctl/demo", tag="0.1.0", context="build/demo")

_API: Final = {
    "DEMO_LISTEN": "{listen:http}",
    "DEMO_POSTGRES": "{address:postgres:postgres}",
    "DEMO_POSTGRES_PASSWORD_FILE": "{secret:postgres-password}",
    "DEMO_REDIS": "{address:redis:redis}",
    "DEMO_LOGIN_KEY_FILE": "{secret:demo-login-key}",
    "DEMO_IDENTITY_KEY_FILE": "{secret:identity-key}",
    "DEMO_REGISTRY": "{config}/tenants.json",
    "DEMO_TELEMETRY_FLAGS": "{data}/telemetry.json",
}
_NATIVE_TRACES: Final = {"DEMO_TRACES": "http://{address:traces:otlp}"}
_CONTAINER_TRACES: Final = {"DEMO_TRACES": "http://{address:collector:otlp}"}
_TRAFFIC: Final = {
    "DEMO_LISTEN": "{listen:http}",
    "DEMO_API": "{address:demo-api:http}",
    "DEMO_GATEWAY": "{address:gateway:balancer}",
    "DEMO_LOGIN_KEY_FILE": "{secret:demo-login-key}",
    "DEMO_REGISTRY": "{config}/tenants.json",
    "DEMO_TRAFFIC_RATE": "6",
    "DEMO_TRAFFIC_SEED": "1",
}
_SOURCES: Final = {
    "PYTHONPATH": "{release}/build/demo:{release}/build/demo/vendor",
    "PYTHONDONTWRITEBYTECODE": "1",  # a release is never written to
}
# In a container a caller on the host arrives from the bridge; the port is published on loopback only.
_BRIDGE: Final = {"DEMO_ADMIN_NETWORKS": "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"}


def _native(application: str, environment: dict[str, str]) -> Native:
    return Native(
        binaries=("python3",),
        modules=_MODULES,
        args=("-m", "demo.serve", application),
        environment={**environment, **_SOURCES},
        package="platformctl[demo]",
    )


def _container(application: str, environment: dict[str, str], *, data_path: str = "") -> Container:
    return Container(
        image=_IMAGE,
        command=("python", "-m", "demo.serve", application),
        environment=environment,
        config_path="/etc/platformctl",
        data_path=data_path,
        user="10001",
        memory_mb=256,
        health_command=python_answers("/ready"),
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    )


DEMO_API: Final = Component(
    name="demo-api",
    title="Demo platform",
    ports=(Port(name="http", number=8000),),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("postgres", "redis"),
    secrets=("postgres-password", *_SECRETS, *_IDENTITY),
    config=("registry", "build/demo"),
    container=_container("api", {**_API, **_BRIDGE, **_CONTAINER_TRACES}, data_path="/var/lib/demo"),
    native=_native("api", {**_API, **_NATIVE_TRACES}),
    profile=Profile.DEMO,
    networks=(Network.APP, Network.DATA, Network.MONITORING),
    backup=None,  # the switches of its telemetry
)

DEMO_TRAFFIC: Final = Component(
    name="demo-traffic",
    title="Traffic of the demo platform",
    ports=(Port(name="http", number=8001),),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("demo-api", "gateway"),
    secrets=_SECRETS,
    config=("registry", "build/demo"),
    container=_container("traffic", _TRAFFIC),
    native=_native("traffic", _TRAFFIC),
    profile=Profile.DEMO,
    networks=(Network.EDGE, Network.APP, Network.MONITORING),
)

COMPONENTS: Final = (DEMO_API, DEMO_TRAFFIC)
