"""Real servers for tests, on free ports, in folders that vanish: PostgreSQL and Redis."""

from __future__ import annotations

import itertools
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATIENCE_S = 30.0


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    return free_ports(1)[0]


def free_ports(count: int) -> tuple[int, ...]:
    """That many TCP ports of the loopback that nobody listens on, no two alike.

    They lie below those that the system gives to outgoing connections: a port is often asked for long before
    a server takes it, and in between any connection of any process could have got it. Test processes that
    run side by side ask in shares of their own.
    """
    return tuple(itertools.islice(filter(_is_free, _NUMBERS), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def _numbers() -> Iterator[int]:
    """The ports of this process's share in an order of chance, over and over."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = list(range(20_000 + worker % 16, 32_000, 16))
    random.shuffle(share)
    return itertools.cycle(share)


_NUMBERS = _numbers()


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(
    claim: Callable[[], bool], *, what: str, seconds: float = _PATIENCE_S, log: Path | None = None
) -> None:
    """Return once the claim is true; fail the test, with the end of the log, when it does not become true in time."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            end = log.read_text()[-3000:] if log else ""
            pytest.fail(f"in {seconds:.0f} s it did not happen that {what}\n{end}")
        time.sleep(0.05)


def start(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """A process whose output goes to the end of a file."""
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)


def built(name: str) -> str | None:
    """The program that was built for the tests (scripts/build_servers.py, scripts/build_loki.py); None without it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    path = cache / "platformctl" / "bin" / name
    return str(path.resolve()) if path.exists() else None


def program(name: str, fix: str) -> str:
    """The program on PATH, beside our interpreter, or built for the tests; skips the test where there is none."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name) or (str(beside) if beside.exists() else built(name))
    if found is None:
        pytest.skip(f"{name} is not on PATH: {fix}")
    return found


def stop(process: subprocess.Popen[bytes], *, how: signal.Signals = signal.SIGTERM) -> None:
    """End a process that the test started."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class Postgres:
    """A cluster with an empty database ``platform``, which can be stopped and started again."""

    folder: Path
    port: int
    password: str

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """The server, up for the length of the block."""
        command = [
            str(_postgres_binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
            "-h", "127.0.0.1", "-k", "", "-c", "fsync=off",
        ]  # fmt: skip
        process = start(_as_postgres(command), log=self.folder / "log")
        try:
            wait_for(lambda: accepts(self.port), what="PostgreSQL listens")
            yield
        finally:
            stop(process, how=signal.SIGINT)  # fast shutdown: clients are cut off


@contextmanager
def postgres_cluster() -> Iterator[Postgres]:
    """A cluster that is not running yet; skips the test where PostgreSQL is missing."""
    binaries = _postgres_binaries()
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder, password = Path(name), secrets.token_hex(8)
        (folder / "password").write_text(password)
        _give_to_postgres(folder, folder / "password")
        data = str(folder / "data")
        initdb = [str(binaries / "initdb"), "-D", data, "-U", "postgres", "--auth=scram-sha-256", "--no-sync",
                  f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--locale=C"]  # fmt: skip
        subprocess.run(_as_postgres(initdb), check=True, capture_output=True)
        create = _as_postgres([str(binaries / "postgres"), "--single", "-D", data, "postgres"])
        subprocess.run(create, input=b"CREATE DATABASE platform;\n", check=True, capture_output=True)
        yield Postgres(folder, free_port(), password)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    with postgres_cluster() as cluster, cluster.running():
        yield cluster


@contextmanager
def redis() -> Iterator[str]:
    """A running Redis; gives its ``host:port``. Skips the test where Redis is missing."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        port = free_port()
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
        process = start(command, log=Path(folder) / "log")
        try:
            wait_for(lambda: accepts(port), what="Redis listens")
            yield f"127.0.0.1:{port}"
        finally:
            stop(process)


def _postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed")
    return found[-1].parent if found else Path(str(on_path)).parent


def _as_postgres(command: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root: as root, run it as the account that its package made."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *command]


def _give_to_postgres(*paths: Path) -> None:
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL needs an account 'postgres' when the tests run as root")
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)
