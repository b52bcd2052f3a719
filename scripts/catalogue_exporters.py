"""Write the lists of known exporters' metrics, from what the installed exporters really expose.

    python scripts/catalogue_exporters.py            # all of them
    python scripts/catalogue_exporters.py redis-exporter

Starts each server on a free port of the loopback interface, reads its metrics, stops it again and writes
``stack/platformctl/sources/exporters/<name>.json``. A family that an exporter shows only in some situations
stays in the list once it has been seen: run it on another machine, and the lists grow.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

FOLDER: Final = Path(__file__).parents[1] / "stack/platformctl/sources/exporters"
ADDED_BY_TYPE: Final = {"histogram": {"le"}, "summary": {"quantile"}}
TYPES: Final = {"unknown": "gauge", "gaugehistogram": "histogram", "stateset": "gauge"}
PATIENCE_S: Final = 30.0

Json = dict[str, object]


def main(names: list[str]) -> None:
    for name in names or list(EXPORTERS):
        with tempfile.TemporaryDirectory(prefix="catalogue-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL's own user must get through
            with EXPORTERS[name](Path(folder)) as exposition:
                families = list(_families(exposition))
        path = FOLDER / f"{name}.json"
        merged = _merged(path, families)
        path.write_text(json.dumps({"source": name, "metrics": merged}, indent=1, ensure_ascii=False) + "\n")
        print(f"{name}: {len(families)} families seen, {len(merged)} in the list")


def _families(exposition: str) -> Iterator[Json]:
    declared = {line.split()[2] for line in exposition.splitlines() if line.startswith("# TYPE ")}
    for family in text_string_to_metric_families(exposition):
        if not family.samples:
            continue
        labels = set().union(*(sample.labels for sample in family.samples)) - ADDED_BY_TYPE.get(
            family.type, set()
        )
        name, total = family.name, f"{family.name}_total"
        if family.type == "counter" and total in declared:  # the parser has cut it off
            name = total
        kind = TYPES.get(family.type, family.type)
        yield {"name": name, "type": kind, "help": family.documentation, "labels": sorted(labels)}


def _merged(path: Path, seen: list[Json]) -> list[Json]:
    known = json.loads(path.read_text())["metrics"] if path.exists() else []
    families = {str(entry["name"]): entry for entry in known}
    for entry in seen:
        before = families.get(str(entry["name"]), entry)
        entry["labels"] = sorted({*before["labels"], *entry["labels"]})  # type: ignore[misc]
        families[str(entry["name"])] = entry
    return [families[name] for name in sorted(families)]


@contextlib.contextmanager
def _running(
    argv: list[str], port: int, path: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The text at ``path`` once the process answers there; the process ends with the block."""
    with subprocess.Popen(
        argv, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield _get(f"http://127.0.0.1:{port}{path}")
        finally:
            process.terminate()


def _get(url: str) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binary(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise SystemExit(f"none of {', '.join(names)} is installed")


@contextlib.contextmanager
def _node(_: Path) -> Iterator[str]:
    port = _free_port()
    binary = _binary("prometheus-node-exporter", "node_exporter")
    with _running([binary, f"--web.listen-address=127.0.0.1:{port}"], port, "/metrics") as text:
        yield text


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    redis, port = _free_port(), _free_port()
    server = [_binary("redis-server"), "--port", str(redis), "--bind", "127.0.0.1", "--dir", str(folder)]
    exporter = [
        _binary("prometheus-redis-exporter", "redis_exporter"),
        f"--web.listen-address=127.0.0.1:{port}",
        f"--redis.addr=redis://127.0.0.1:{redis}",
    ]
    with subprocess.Popen([*server, "--maxmemory", "64mb"], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for_port(redis)
            with _running(exporter, port, "/metrics") as text:
                yield text
        finally:
            process.terminate()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing listens on port {port}")
        time.sleep(0.1)


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    postgres, port = _free_port(), _free_port()
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        raise SystemExit("PostgreSQL is not installed below /usr/lib/postgresql")
    data = folder / "data"
    data.mkdir()
    user = []
    if os.geteuid() == 0:
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(data, "postgres", "postgres")
    initdb = [*user, str(binaries[-1] / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL)
    options = ["-p", str(postgres), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    server = [*user, str(binaries[-1] / "postgres"), "-D", str(data), *options]
    exporter = [
        _binary("prometheus-postgres-exporter", "postgres_exporter"),
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    source = {"DATA_SOURCE_NAME": f"postgresql://postgres@127.0.0.1:{postgres}/postgres?sslmode=disable"}
    with subprocess.Popen(server, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for_port(postgres)
            with _running(exporter, port, "/metrics", source) as text:
                yield text
        finally:
            process.terminate()


@contextlib.contextmanager
def _blackbox(folder: Path) -> Iterator[str]:
    port = _free_port()
    config = folder / "blackbox.yml"
    config.write_text("modules: {http_2xx: {prober: http}}\n")
    argv = [
        _binary("prometheus-blackbox-exporter", "blackbox_exporter"),
        f"--config.file={config}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    probe = f"/probe?module=http_2xx&target=http://127.0.0.1:{port}/"
    with _running(argv, port, probe) as probed:
        yield f"{probed}\n"


PROMETHEUS_CONFIG: Final = """\
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
scrape_configs: [{job_name: prometheus, static_configs: [{targets: ["127.0.0.1:%d"]}]}]
"""
RULES: Final = (
    "groups: [{name: watchdog, rules: [{alert: Watchdog, expr: vector(1)}, {record: a:b, expr: up}]}]\n"
)
ALERTMANAGER_CONFIG: Final = """\
route: {receiver: nobody, group_wait: 0s}
receivers: [{name: nobody, webhook_configs: [{url: "http://127.0.0.1:9/"}]}]
"""


@contextlib.contextmanager
def _prometheus(folder: Path) -> Iterator[str]:
    """Prometheus beside an Alertmanager, a few evaluations after its start."""
    port, told = _free_port(), _free_port()
    (folder / "prometheus.yml").write_text(PROMETHEUS_CONFIG % (told, port))
    (folder / "rules.yml").write_text(RULES)
    argv = [
        _binary("prometheus"),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with _running(_alertmanager_argv(folder, told), told, "/-/ready"), _running(argv, port, "/-/ready"):
        time.sleep(8)
        yield _get(f"http://127.0.0.1:{port}/metrics")


def _alertmanager_argv(folder: Path, port: int) -> list[str]:
    (folder / "alertmanager.yml").write_text(ALERTMANAGER_CONFIG)
    return [
        _binary("prometheus-alertmanager", "alertmanager"),
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]


@contextlib.contextmanager
def _alertmanager(folder: Path) -> Iterator[str]:
    """Alertmanager that has tried, and failed, to deliver an alert."""
    port = _free_port()
    with _running(_alertmanager_argv(folder, port), port, "/-/ready"):
        alert = json.dumps([{"labels": {"alertname": "Watchdog"}}]).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v2/alerts", alert, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()
        time.sleep(3)
        yield _get(f"http://127.0.0.1:{port}/metrics")


Exporter = Callable[[Path], contextlib.AbstractContextManager[str]]
EXPORTERS: Final[Mapping[str, Exporter]] = {
    "alertmanager": _alertmanager,
    "blackbox-exporter": _blackbox,
    "node-exporter": _node,
    "postgres-exporter": _postgres,
    "prometheus": _prometheus,
    "redis-exporter": _redis,
}

if __name__ == "__main__":
    main(sys.argv[1:])
