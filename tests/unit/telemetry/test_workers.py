"""Workers of one service are published as one, whichever of them is scraped, and whoever has died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.servers import free_port, start, stop, wait_for

from platform_telemetry import contract
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments
from platform_telemetry.workers import WorkerFolder

SPECS = contract.metrics_of((Group.HTTP, Group.RUNTIME))


class Worker:
    """One worker's instruments, without a server."""

    def __init__(self, folder: Path) -> None:
        self.storage = WorkerFolder(folder, SPECS, tenants=10)
        self.instruments = Instruments(SPECS, tenants=10, storage=self.storage)

    def serve(self, tenant: str, times: int) -> None:
        for _ in range(times):
            self.instruments.value(contract.TENANT_REQUESTS).at(tenant, "2xx").inc()
            self.instruments.histogram(contract.TENANT_DURATION).at(tenant).observe(0.3)

    def shows(self, name: str, **labels: str) -> float | None:
        families = text_string_to_metric_families(self.instruments.text())
        found = [
            s.value
            for f in families
            for s in f.samples
            if s.name == name and labels.items() <= s.labels.items()
        ]
        return sum(found) if found else None

    def close(self) -> None:
        self.storage.close()


def test_any_worker_shows_the_sum_of_all(tmp_path: Path) -> None:
    with closing(Worker(tmp_path)) as one, closing(Worker(tmp_path)) as two:
        one.serve("lumiere", 3)
        two.serve("lumiere", 4)
        two.serve("nordwind", 5)
        for worker in (one, two):
            assert worker.shows("tenant_requests_total", tenant="lumiere") == 7
            assert worker.shows("tenant_requests_total", tenant="nordwind") == 5
            assert worker.shows("tenant_request_duration_seconds_bucket", tenant="lumiere", le="0.5") == 7
            assert worker.shows("tenant_request_duration_seconds_count", tenant="nordwind") == 5


def test_counts_of_a_worker_that_ended_stay_and_its_gauges_go(tmp_path: Path) -> None:
    with closing(Worker(tmp_path)) as one:
        two = Worker(tmp_path)
        two.serve("lumiere", 4)
        two.instruments.look_up(contract.HTTP_IN_FLIGHT, lambda: {("/a",): 2.0})
        two.instruments.read()
        assert one.shows("http_requests_in_flight", route="/a") == 2
        two.close()
        for _ in range(2):  # the second time from what was kept
            assert one.shows("tenant_requests_total", tenant="lumiere") == 4
            assert one.shows("http_requests_in_flight") is None
        with closing(Worker(tmp_path)) as third:
            third.serve("lumiere", 1)
            assert one.shows("tenant_requests_total", tenant="lumiere") == 5


def test_the_oldest_request_of_all_workers_is_the_oldest_and_what_they_hold_is_added(tmp_path: Path) -> None:
    with closing(Worker(tmp_path)) as one, closing(Worker(tmp_path)) as two:
        for worker, age in ((one, 3.0), (two, 8.0)):
            worker.instruments.look_up(contract.HTTP_OLDEST, lambda age=age: {("/a",): age})  # type: ignore[misc]
            worker.instruments.look_up(contract.HTTP_IN_FLIGHT, lambda: {("/a",): 2.0})
            worker.instruments.read()
        assert one.shows("http_oldest_request_in_flight_age_seconds") == 8
        assert one.shows("http_requests_in_flight") == 4


def test_the_first_worker_of_a_new_start_begins_at_zero(tmp_path: Path) -> None:
    with closing(Worker(tmp_path)) as one:
        one.serve("lumiere", 3)
    with closing(Worker(tmp_path)) as again:
        assert again.shows("tenant_requests_total", tenant="lumiere") is None


def test_a_gauge_that_loses_its_labels_is_no_longer_shown_and_comes_back(tmp_path: Path) -> None:
    facts = {("lumiere", "trial", "cinemas"): 1.0}
    specs = (contract.TENANT_INFO,)
    with closing(WorkerFolder(tmp_path, specs, tenants=1)) as storage:
        instruments = Instruments(specs, tenants=1, storage=storage)
        instruments.look_up(contract.TENANT_INFO, lambda: facts)
        for tier in ("silver", "gold", "silver"):
            facts.clear()
            facts["lumiere", tier, "cinemas"] = 1.0
            assert [line for line in instruments.text().splitlines() if not line.startswith("#")] == [
                f'tenant_info{{tenant="lumiere",tier="{tier}",vertical="cinemas"}} 1'
            ]


def test_instruments_from_before_a_fork_are_refused(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from platform_telemetry.contract import AUTH_ATTEMPTS as spec\n"
        "from platform_telemetry.workers import WorkerFolder\n"
        "storage = WorkerFolder(Path(sys.argv[1]), (spec,), tenants=1)\n"
        "if os.fork() == 0: storage.cells(spec, ('a', 'b'))\n"
        "else: os.wait()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "make them in each worker" in done.stderr


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Three uvicorn workers on one port."""
    folder, port = tmp_path_factory.mktemp("workers"), free_port()
    here = Path(__file__).parent
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "worker_app:create", "--workers", "3", "--port", str(port),
        "--app-dir", str(here), "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "WORKERS": str(folder / "numbers")}
    process = start(command, log=folder / "log", cwd=folder, environment=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: len(_pids(url)) == 3, what="three workers answer", log=folder / "log")
        yield url
    finally:
        stop(process)


def _pids(url: str) -> set[int]:
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(trust_env=False)) for _ in range(12)]
        try:
            return {int(client.get(f"{url}/work", params={"tenant": "warm-up"}).text) for client in clients}
        except httpx.HTTPError:
            return set()


def _shown(url: str, name: str, **labels: str) -> float:
    text = httpx.get(f"{url}/metrics", trust_env=False, timeout=10).text
    families = text_string_to_metric_families(text)
    return sum(
        s.value for f in families for s in f.samples if s.name == name and labels.items() <= s.labels.items()
    )


@pytest.mark.e2e
def test_real_workers_lose_no_request_not_even_when_one_is_killed(service: str) -> None:
    def ask(_: int) -> int:
        return int(httpx.get(f"{service}/work", params={"tenant": "lumiere"}, trust_env=False).text)

    with ThreadPoolExecutor(8) as threads:
        answered = list(threads.map(ask, range(120)))
    assert len(set(answered)) > 1, "one worker has answered everything: the test would show nothing"
    assert _shown(service, "tenant_requests_total", tenant="lumiere") == 120
    os.kill(answered[0], signal.SIGKILL)
    wait_for(lambda: len(_pids(service) - {answered[0]}) == 3, what="uvicorn has started another worker")
    assert _shown(service, "tenant_requests_total", tenant="lumiere") == 120


@pytest.mark.e2e
def test_a_request_that_holds_its_workers_event_loop_up_is_told_by_the_others(service: str) -> None:
    with ThreadPoolExecutor(1) as thread:
        hung = thread.submit(lambda: httpx.get(f"{service}/hang", trust_env=False, timeout=20))
        oldest = "http_oldest_request_in_flight_age_seconds"

        def told() -> bool:
            try:
                text = httpx.get(f"{service}/metrics", trust_env=False, timeout=0.5).text
            except httpx.TimeoutException:
                return False  # asked the very worker that hangs
            lines = [line for line in text.splitlines() if line.startswith(f'{oldest}{{route="/hang"')]
            return any(float(line.rpartition(" ")[2]) > 1 for line in lines)

        wait_for(told, what="another worker has told of it", seconds=10)
        hung.result()
