"""The platform's edge: the gateway, who decides what may pass it, and who counts what has passed."""

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

_IMAGE: Final = Build(repository="platformctl/edge", tag="0.1.0", context="build/edge")
_SOURCES: Final = {"PYTHONPATH": "{release}/build/edge/vendor"}
_PRIVATE: Final = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"

_RATELIMIT: Final = {
    "RATELIMIT_REDIS_URL": "redis://{address:redis:redis}/0",
    "RATELIMIT_DATABASE_URL": "postgresql+asyncpg://postgres@{address:postgres:postgres}/platform",
    "RATELIMIT_DATABASE_PASSWORD_FILE": "{secret:postgres-password}",
    "RATELIMIT_REGISTRY": "{config}/tenants.json",
    "RATELIMIT_JWT_KEY_FILE": "{secret:identity-key}",
    "RATELIMIT_JWT_ALGORITHMS": "HS256",
    "RATELIMIT_MARK_SECRET_FILE": "{secret:gateway-mark}",
    "RATELIMIT_ADMIN_TOKEN_FILE": "{secret:ratelimit-admin-token}",
}
_EDGE: Final = {
    "EDGE_LISTEN": "{listen:http}",
    "EDGE_LOG": "{data:gateway}/access.log",
    "EDGE_STATE": "{data}",
}
_GATEWAY: Final = {
    "GATEWAY_PORT": "{port:http}",
    "GATEWAY_BALANCER_PORT": "{port:balancer}",
    "GATEWAY_OPS_PORT": "{port:ops}",
    "GATEWAY_LIMITER": "{address:ratelimit:http}",
    "GATEWAY_BACKEND": "{address:demo-api:http}",
    "GATEWAY_LOG": "{data}/access.log",
    "HOME": "{data}",
    "GATEWAY_TRACING": "on",
    "OTEL_SERVICE_NAME": "gateway",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "1.0",
}
_NATIVE_TRACES: Final = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://{address:traces:otlp}/v1/traces"}
_CONTAINER_TRACES: Final = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://{address:collector:otlp}/v1/traces"}


def _uvicorn(host: str) -> tuple[str, ...]:
    return (
        "-m", "uvicorn", "--factory", "platform_ratelimit.serve:service", "--host", host,
        "--port", "{port:http}", "--no-proxy-headers", "--no-access-log", "--log-level", "warning",
    )  # fmt: skip


RATELIMIT: Final = Component(
    name="ratelimit",
    title="Rate limiter",
    ports=(Port(name="http", number=8070),),
    health=HttpHealth(port="http", path="/healthz"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("postgres", "redis"),
    secrets=("postgres-password", "identity-key", "gateway-mark", "ratelimit-admin-token"),
    config=("registry", "build/edge"),
    container=Container(
        image=_IMAGE,
        command=("python", *_uvicorn("0.0.0.0")),  # noqa: S104 - inside the container
        environment={
            **_RATELIMIT,
            "RATELIMIT_LIMITS": "/app/limits.json",
            "RATELIMIT_TRUSTED_PROXIES": _PRIVATE,
        },
        config_path="/etc/platformctl",
        user="10001",
        health_command=python_answers("/healthz"),
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    ),
    native=Native(
        binaries=("python3",),
        modules=(
            "uvicorn",
            "hiredis",
            "asyncpg",
            "sqlalchemy",
            "alembic",
            "fastapi",
            "jwt",
            "prometheus_client",
        ),
        args=_uvicorn("127.0.0.1"),
        environment={**_RATELIMIT, **_SOURCES, "RATELIMIT_LIMITS": "{release}/build/edge/limits.json"},
        package="platformctl[demo]",
    ),
    profile=Profile.DEMO,
    networks=(Network.APP, Network.DATA, Network.MONITORING),
)

GATEWAY: Final = Component(
    name="gateway",
    title="Gateway",
    ports=(
        Port(name="http", number=8080),
        Port(name="balancer", number=8081),
        Port(name="ops", number=8082),
    ),
    health=HttpHealth(port="ops", path="/healthz"),
    scrape=Scrape(port="ops"),
    needs=("ratelimit", "demo-api"),
    config=("build/gateway",),
    container=Container(
        image=Build(repository="platformctl/gateway", tag="0.1.0", context="build/gateway"),
        command=("caddy", "run", "--adapter", "caddyfile", "--config", "/etc/caddy/Caddyfile"),
        environment={
            **_GATEWAY,
            **_CONTAINER_TRACES,
            "GATEWAY_HOST": "0.0.0.0",  # noqa: S104 - inside the container
            "GATEWAY_BALANCERS": "private_ranges",
        },
        data_path="/var/log/gateway",
        user="10001",
    ),
    native=Native(
        binaries=("caddy",),
        args=("run", "--adapter", "caddyfile", "--config", "{release}/build/gateway/Caddyfile"),
        environment={
            **_GATEWAY,
            **_NATIVE_TRACES,
            "GATEWAY_HOST": "127.0.0.1",
            "GATEWAY_BALANCERS": "127.0.0.0/8",
        },
        version_argv=("version",),
        package="caddy",
    ),
    profile=Profile.DEMO,
    serves_tenants=True,
    networks=(Network.EDGE, Network.APP, Network.MONITORING),
    backup=None,  # its log, which the edge counts have read
)

EDGE: Final = Component(
    name="edge",
    title="Edge counts",
    ports=(Port(name="http", number=8083),),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http", interval=seconds(5)),
    needs=("gateway",),
    reads=("gateway",),
    config=("build/edge",),
    container=Container(
        image=_IMAGE,
        command=("python", "-m", "platform_telemetry.edge"),
        environment=_EDGE,
        data_path="/var/lib/edge",
        user="10001",
        health_command=python_answers("/ready"),
    ),
    native=Native(
        binaries=("python3",),
        modules=("platform_telemetry",),
        args=("-m", "platform_telemetry.edge"),
        environment={**_EDGE, **_SOURCES},
        package="platformctl[demo]",
    ),
    profile=Profile.DEMO,
    backup=None,  # counters: Prometheus has them
)

COMPONENTS: Final = (RATELIMIT, GATEWAY, EDGE)
