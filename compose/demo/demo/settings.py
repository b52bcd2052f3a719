"""What the environment says: addresses, files and limits. Secrets are read from files it names."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Settings of the API.

    redis_address, postgres_address: ``host:port``. identity_key: signs the tokens that the gateway verifies.
    admin_networks: who may switch faults. traces: the base URL of an OTLP/HTTP receiver, empty for no tracing.
    telemetry_flags: the file of `platform_telemetry.rollout`, for whom telemetry is on.
    """

    postgres_address: str
    postgres_password: str
    redis_address: str
    login_key: bytes
    identity_key: str
    registry: Path
    admin_networks: tuple[Network, ...]
    pool_size: int = 10
    pool_timeout_s: float = 2.0
    slow_query_s: float = 0.5
    traces: str = ""
    trace_ratio: float = 1.0
    telemetry_flags: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrafficSettings:
    """Settings of the traffic generator.

    api, gateway: URLs; requests go to the gateway, the switches are read from the API itself.
    rate: requests per second, over all tenants.
    """

    api: str
    gateway: str
    login_key: bytes
    registry: Path
    rate: float
    seed: int


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The API's settings; a KeyError names the variable that is missing."""
    flags = environment.get("DEMO_TELEMETRY_FLAGS")
    networks = environment.get("DEMO_ADMIN_NETWORKS", "127.0.0.0/8,::1/128")
    return Settings(
        postgres_address=environment["DEMO_POSTGRES"],
        postgres_password=_secret(environment["DEMO_POSTGRES_PASSWORD_FILE"]),
        redis_address=environment["DEMO_REDIS"],
        login_key=_secret(environment["DEMO_LOGIN_KEY_FILE"]).encode(),
        identity_key=_secret(environment["DEMO_IDENTITY_KEY_FILE"]),
        registry=Path(environment["DEMO_REGISTRY"]),
        admin_networks=tuple(ipaddress.ip_network(text.strip()) for text in networks.split(",")),
        traces=environment.get("DEMO_TRACES", ""),
        trace_ratio=float(environment.get("DEMO_TRACE_RATIO", "1")),
        telemetry_flags=Path(flags) if flags else None,
    )


def traffic_from_environment(environment: Mapping[str, str] = os.environ) -> TrafficSettings:
    """The generator's settings. The rate is held between 0.1 and 50 requests per second."""
    return TrafficSettings(
        api=f"http://{environment['DEMO_API']}",
        gateway=f"http://{environment.get('DEMO_GATEWAY', environment['DEMO_API'])}",
        login_key=_secret(environment["DEMO_LOGIN_KEY_FILE"]).encode(),
        registry=Path(environment["DEMO_REGISTRY"]),
        rate=min(50.0, max(0.1, float(environment.get("DEMO_TRAFFIC_RATE", "6")))),
        seed=int(environment.get("DEMO_TRAFFIC_SEED", "1")),
    )


def _secret(path: str) -> str:
    return Path(path).read_text().strip()
