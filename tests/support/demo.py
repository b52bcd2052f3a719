"""The demo's API and its traffic generator as real processes, for tests."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from support.servers import Postgres, free_port, start, stop, wait_for

from platformctl.render.registry import registry as registry_artifact
from platformctl.sources.tenants import load_tenants, load_tiers

REPOSITORY = Path(__file__).resolve().parents[2]
LOGIN_KEY = "a key for tests"
IDENTITY_KEY = "a key of thirty-two bytes or more"


@dataclass(frozen=True, slots=True)
class Service:
    """A running process and where it listens."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{self.address}"

    def answers(self, path: str) -> bool:
        """Whether a GET is answered with success."""
        try:
            return httpx.get(f"{self.url}{path}", trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False

    def families(self) -> dict[str, Metric]:
        """What a scrape gives, by family name as Prometheus stores it."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False, timeout=5).text
        return {
            f"{family.name}_total" if family.type == "counter" else family.name: family
            for family in text_string_to_metric_families(text)
        }

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that carry these labels."""
        samples = (sample for family in self.families().values() for sample in family.samples)
        return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


@dataclass(frozen=True, slots=True)
class User:
    """A user of a tenant, logged in."""

    api: Service
    token: str

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One request below /api."""
        return httpx.request(
            method, f"{self.api.url}/api{path}", json=body, headers={"authorization": f"Bearer {self.token}"},
            trust_env=False, timeout=60,
        )  # fmt: skip


def log_in(api: Service, tenant: str, user: str = "ana", password: str | None = None) -> httpx.Response:
    """The answer to a log-in, with the right password unless another is given."""
    right = hmac.new(LOGIN_KEY.encode(), f"{tenant}/{user}".encode(), hashlib.sha256).hexdigest()[:24]
    body = {"tenant": tenant, "user": user, "password": right if password is None else password}
    return httpx.post(f"{api.url}/api/login", json=body, trust_env=False, timeout=60)


def user_of(api: Service, tenant: str) -> User:
    """A user of the tenant."""
    return User(api, log_in(api, tenant).json()["token"])


def query(postgres: Postgres, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; the rows of the last one."""

    async def run() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=postgres.port,
            user="postgres",
            password=postgres.password,
            database="platform",
        )
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return [tuple(row) for row in await connection.fetch(statements[-1])]
        finally:
            await connection.close()

    return asyncio.run(run())


@contextmanager
def fault(api: Service, name: str, **body: object) -> Iterator[None]:
    """The switch, on for the length of the block."""
    url = f"{api.url}/faults/{name}"
    httpx.put(url, json=body, trust_env=False).raise_for_status()
    try:
        yield
    finally:
        httpx.delete(url, trust_env=False).raise_for_status()


def registry_file(folder: Path) -> Path:
    """The registry of the sample tenants, as the renderer writes it."""
    tiers = load_tiers(REPOSITORY)
    path = folder / "tenants.json"
    path.write_bytes(registry_artifact(tiers, load_tenants(REPOSITORY, tiers)).content)
    return path


@contextmanager
def api(
    cluster: Postgres,
    redis: str,
    folder: Path,
    *,
    port: int | None = None,
    registry: Path | None = None,
    **settings: str,
) -> Iterator[Service]:
    """The API on these servers, alive but perhaps not ready yet."""
    (folder / "password").write_text(cluster.password)
    environment = {
        "DEMO_POSTGRES": cluster.address,
        "DEMO_POSTGRES_PASSWORD_FILE": str(folder / "password"),
        "DEMO_REDIS": redis,
        "DEMO_REGISTRY": str(registry or registry_file(folder)),
        **settings,
    }
    with service("api", environment, folder, port=port) as running:
        yield running


@contextmanager
def ready_api(
    cluster: Postgres,
    redis: str,
    folder: Path,
    *,
    port: int | None = None,
    registry: Path | None = None,
    **settings: str,
) -> Iterator[Service]:
    """The API on these servers, ready."""
    with api(cluster, redis, folder, port=port, registry=registry, **settings) as running:
        wait_for(lambda: running.answers("/ready"), what="the API is ready", log=running.log)
        yield running


@contextmanager
def traffic(target: str, folder: Path, *, rate: float) -> Iterator[Service]:
    """The traffic generator against the API at ``host:port``."""
    environment = {
        "DEMO_API": target,
        "DEMO_REGISTRY": str(registry_file(folder)),
        "DEMO_TRAFFIC_RATE": str(rate),
    }
    with service("traffic", environment, folder) as running:
        yield running


@contextmanager
def service(
    name: str, environment: Mapping[str, str], folder: Path, *, port: int | None = None
) -> Iterator[Service]:
    """``api`` or ``traffic``, up for the length of the block."""
    address = f"127.0.0.1:{port or free_port()}"
    sources = (REPOSITORY / "compose" / "demo", REPOSITORY / "stack" / "platform_telemetry" / "src")
    (folder / "login-key").write_text(LOGIN_KEY)
    (folder / "identity-key").write_text(IDENTITY_KEY)
    log = folder / f"{name}.log"
    process = start(
        [sys.executable, "-m", "demo.serve", name],
        log=log,
        cwd=folder,
        environment={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(map(str, sources)),
            "DEMO_LISTEN": address,
            "DEMO_LOGIN_KEY_FILE": str(folder / "login-key"),
            "DEMO_IDENTITY_KEY_FILE": str(folder / "identity-key"),
            **environment,
        },
    )
    running = Service(process, address, log)
    try:
        wait_for(lambda: running.answers("/live"), what=f"the {name} is alive", log=log)
        yield running
    finally:
        stop(process)
