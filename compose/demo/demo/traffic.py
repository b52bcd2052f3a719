"""The traffic generator: a steady, bounded stream of user journeys, and the flood when it is switched on."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Final, cast

import httpx
import structlog
from fastapi import FastAPI, Response

from demo import VERSION, journeys, passwords, registry
from demo.journeys import Answer, Call, Journey
from demo.registry import RegisteredTenant
from demo.settings import TrafficSettings
from platform_telemetry import contract, http, runtime
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments

GROUPS: Final = (Group.RUNTIME, Group.TRAFFIC)
_WORKERS: Final = 12
_FLOODERS: Final = 32
_TIMEOUT_S: Final = 90.0  # longer than any alert on hung requests
_REST_S: Final = 1.0
_WRONG_PASSWORDS: Final = 0.04
_WEIGHT: Final = {"trial": 1, "bronze": 2, "silver": 3, "gold": 4, "platinum": 5}


class Pace:
    """Gives turns at a steady rate; turns that nobody took are not made up for."""

    def __init__(self, rate: float) -> None:
        self._gap_s = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn."""
        now = time.monotonic()
        self._next = max(now, self._next + self._gap_s)
        await asyncio.sleep(self._next - now)


class Traffic:
    """Plays journeys against the API."""

    def __init__(self, settings: TrafficSettings, instruments: Instruments) -> None:
        self._settings = settings
        self._tenants = registry.load(settings.registry).tenants
        self._weights = [_WEIGHT.get(tenant.tier, 3) for tenant in self._tenants]
        self._pace = Pace(settings.rate)
        self._numbers = itertools.count()
        self._requests = instruments.value(contract.TRAFFIC_REQUESTS)
        self._journeys = instruments.value(contract.TRAFFIC_JOURNEYS)
        self._duration = instruments.histogram(contract.TRAFFIC_DURATION)
        self._client = httpx.AsyncClient(
            base_url=settings.gateway,
            timeout=httpx.Timeout(_TIMEOUT_S, connect=2.0),
            limits=httpx.Limits(max_connections=_WORKERS + _FLOODERS + 1),
            trust_env=False,
        )

    async def run(self) -> None:
        """Play journeys, many at a time. Endless."""
        async with self._client, asyncio.TaskGroup() as tasks:
            for _ in range(_WORKERS):
                tasks.create_task(self._play_on())
            tasks.create_task(self._watch_flood())

    async def _play_on(self) -> None:
        while True:
            random = Random(self._settings.seed * 1_000_003 + next(self._numbers))  # noqa: S311 - not a secret
            tenant = random.choices(self._tenants, self._weights)[0]
            completed = await self._play(tenant, random)
            self._journeys.at(tenant.vertical, "completed" if completed else "broken").inc()
            if not completed:
                await asyncio.sleep(_REST_S)

    async def _play(self, tenant: RegisteredTenant, random: Random) -> bool:
        """One journey, log-in first; False when the API failed on the way."""
        headers = await self._log_in(tenant, random, self._pace)
        if headers is None:
            return False
        journey = journeys.choose(tenant.tier, tenant.vertical, random)
        call = _next(journey, None)
        while call is not None:
            await self._pace.turn()
            answer = await self._send(tenant, call, headers)
            if answer is None:
                return False
            call = _next(journey, answer)
        return True

    async def _log_in(self, tenant: RegisteredTenant, random: Random, pace: Pace) -> dict[str, str] | None:
        user = random.choice(passwords.USERS)
        right = passwords.password_of(self._settings.login_key, tenant.id, user)
        attempts = ("mistyped", right) if random.random() < _WRONG_PASSWORDS else (right,)
        home, answer = {"x-forwarded-for": _address(random)}, cast("Answer | None", {})
        for password in attempts:
            await pace.turn()
            body: dict[str, object] = {"tenant": tenant.id, "user": user, "password": password}
            answer = await self._send(tenant, Call("POST", "/login", body), home)
        if not answer or "token" not in answer:
            return None
        return {"authorization": f"Bearer {answer['token']}", **home}

    async def _send(self, tenant: RegisteredTenant, call: Call, headers: dict[str, str]) -> Answer | None:
        """The answer; an empty one when it was refused, None when there was none or an error."""
        started = time.perf_counter()
        try:
            response = await self._client.request(
                call.method, f"/api{call.path}", json=call.body, headers=headers
            )
            answer = dict(response.json()) if response.is_success else {}
        except (httpx.HTTPError, ValueError):  # none came, or what came is not JSON
            self._requests.at(tenant.vertical, "no_answer").inc()
            return None
        self._duration.at(tenant.vertical).observe(time.perf_counter() - started)
        self._requests.at(tenant.vertical, f"{response.status_code // 100}xx").inc()
        if response.is_server_error:
            return None
        return answer

    async def _watch_flood(self) -> None:
        """Flood as long as the switch is on. Endless."""
        flood: dict[str, object] | None = None
        task: asyncio.Task[None] | None = None
        while True:
            wanted = await self._flood_wanted()
            if wanted != flood:
                if task is not None:
                    task.cancel()
                flood, task = wanted, asyncio.create_task(self._flood(wanted)) if wanted else None
            await asyncio.sleep(_REST_S)

    async def _flood_wanted(self) -> dict[str, object] | None:
        try:
            response = await self._client.get(f"{self._settings.api}/faults", timeout=2.0)
            return dict(response.json()).get("flood") if response.is_success else None
        except (httpx.HTTPError, ValueError):
            return None

    async def _flood(self, wanted: dict[str, object]) -> None:
        """Many requests at once for one tenant, after one log-in. Endless, unless there is no such tenant."""
        log = structlog.stdlib.get_logger("traffic")
        tenant = next((t for t in self._tenants if t.id == wanted["tenant"]), None)
        if tenant is None:
            log.warning("no such tenant to flood", flood=wanted)
            return
        log.warning("flooding", flood=wanted)
        pace, random = Pace(float(str(wanted["requests_per_second"]))), Random(self._settings.seed)  # noqa: S311
        headers = None
        while headers is None:
            headers = await self._log_in(tenant, random, pace)

        async def send_on() -> None:
            while True:
                await pace.turn()
                await self._send(tenant, Call("GET", "/records"), headers)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(_FLOODERS):
                tasks.create_task(send_on())


def create_app(settings: TrafficSettings) -> FastAPI:
    """The generator, and its own /metrics, /live and /ready."""
    instruments = Instruments(contract.metrics_of(GROUPS))
    runtime.publish(instruments, service="demo-traffic", version=VERSION)
    traffic = Traffic(settings, instruments)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.playing = asyncio.create_task(traffic.run())
        app.state.playing.add_done_callback(_end_with)
        yield
        app.state.playing.cancel()
        with suppress(asyncio.CancelledError):
            await app.state.playing

    app = FastAPI(title="Traffic of the demo platform", version=VERSION, lifespan=lifespan)
    app.add_route("/metrics", http.metrics_endpoint(instruments))

    @app.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, bool]:
        playing = not app.state.playing.done()
        response.status_code = 200 if playing else 503
        return {"playing": playing}

    return app


def _end_with(playing: asyncio.Task[None]) -> None:
    """No traffic is no service: say why it stopped, and let whoever started this process start it anew."""
    if not playing.cancelled():
        structlog.stdlib.get_logger("traffic").critical("the traffic stopped", exc_info=playing.exception())
        os.kill(os.getpid(), signal.SIGTERM)


def _address(random: Random) -> str:
    """A user's address, as a load balancer would tell it: of the network that is kept for benchmarks."""
    return f"198.{random.choice((18, 19))}.{random.randrange(256)}.{random.randrange(1, 255)}"


def _next(journey: Journey, answer: Answer | None) -> Call | None:
    """The next call of a journey, given the last answer (None at its start); None at its end."""
    with suppress(StopIteration):
        return next(journey) if answer is None else journey.send(answer)
    return None
