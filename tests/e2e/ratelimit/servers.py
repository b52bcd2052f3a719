"""Real servers for the limiter's tests, on ports of their own, stopped by their own process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
import redis
from support.servers import free_port, free_ports

QUICK_SYNC = ("--repl-diskless-sync-delay", "0")


def wait_until(claim: Callable[[], bool], *, seconds: float = 10.0, what: str = "the condition") -> None:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come true in {seconds} s")
        time.sleep(0.02)


def need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


class RedisServer:
    """One redis-server that can be hung, killed and started again on the same port."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        self.folder, self.port, self.options = folder, port or free_port(), options
        self.process: subprocess.Popen[bytes] | None = None
        self.configuration: Path | None = None  # sentinels must have one

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        manners = ["--save", "", "--appendonly", "no"] if self.configuration is None else []
        self.process = subprocess.Popen(
            [need("redis-server"), *([str(self.configuration)] if self.configuration else []),
             "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
             *manners, *self.options],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_until(self._answers, seconds=30, what=f"redis-server on {self.port}")
        except TimeoutError:
            self.stop()
            raise
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    def hang(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the server is not running")
        return self.process.pid

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        return self if self.process else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class RedisClusterServers:
    """Three masters, each with as many replicas as asked for."""

    def __init__(self, folder: Path, *, replicas: int = 0) -> None:
        options = (
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--repl-diskless-sync-delay",
            "0",
        )
        self._replicas = replicas
        # Where the nodes talk among themselves is usually 10000 above: any connection of the machine may be there.
        self._buses = free_ports(3 * (1 + replicas))
        self.nodes = [
            RedisServer(folder / str(n), *options, "--cluster-port", str(bus))
            for n, bus in enumerate(self._buses)
        ]

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        for node in self.nodes:
            node.start()
        members = [f"127.0.0.1:{node.port}@{bus}" for node, bus in zip(self.nodes, self._buses, strict=True)]
        made = subprocess.run(
            [need("redis-cli"), "--cluster", "create", *members,
             "--cluster-replicas", str(self._replicas), "--cluster-yes"],
            capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(made.stdout + made.stderr)
        wait_until(lambda: all(self._is_ready(node) for node in self.nodes), seconds=20, what="the cluster")

    def _is_ready(self, node: RedisServer) -> bool:
        with node.client() as client:
            info = client.execute_command("CLUSTER INFO")
            slaves = int(client.info("replication")["connected_slaves"])
            is_master = client.info("replication")["role"] == "master"
        return info["cluster_state"] == "ok" and (not is_master or slaves == self._replicas)

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def __exit__(self, *_: object) -> None:
        self.stop()
