"""Starting a process that outlives us, and ending it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from platformctl.errors import PlatformError
from platformctl.render.native import Process
from platformctl.sinks.native.accounts import Account
from platformctl.sinks.native.procfs import Identity, identify
from platformctl.sinks.native.records import Record, mark_entry
from platformctl.sinks.native.waiting import Clock

_KILL_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Launched:
    """A started process; its exit status is known once it has ended."""

    identity: Identity
    _popen: subprocess.Popen[bytes]

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._popen.poll()

    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.exit_status is not None


def launch(
    process: Process, argv: tuple[str, ...], *, state: Path, account: Account | None, mark: str,
    log: IO[bytes], stdin: str = "",
) -> Launched:  # fmt: skip
    """Start a command in a session of its own, in the surroundings of `process`.

    Its environment holds what the process list says, a home and the mark, and nothing of ours.
    """
    directory = state / process.directory
    name, _, value = mark_entry(mark).partition("=")
    popen = _start(
        argv, directory=directory, account=account, log=log, reads=bool(stdin),
        environment={"HOME": str(directory), **process.environment, name: value},
    )  # fmt: skip
    identity = identify(popen.pid)
    if identity is None:  # cannot be: a child that was not waited for keeps its entry
        raise RuntimeError(f"the process {popen.pid} has no entry in /proc")
    if popen.stdin is not None:
        with contextlib.suppress(BrokenPipeError), popen.stdin:
            popen.stdin.write(stdin.encode())
    threading.Thread(target=popen.wait, daemon=True).start()  # leaves no zombie while we live on
    return Launched(identity=identity, _popen=popen)


def _start(
    argv: tuple[str, ...], *, environment: dict[str, str], directory: Path, account: Account | None,
    log: IO[bytes], reads: bool,
) -> subprocess.Popen[bytes]:  # fmt: skip
    try:
        return subprocess.Popen(
            argv,
            env=environment,
            cwd=directory,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=account.groups if account else None,
        )
    except OSError as error:
        raise PlatformError(
            f"{argv[0]} cannot be started: {error.strerror}",
            where=str(directory),
            fix="platformctl deploy  # looks for the binary again",
        ) from error


def end(record: Record, clock: Clock) -> None:
    """End a recorded process and what it left behind; first asked, then, after its time, killed."""
    if not record.leftovers():
        return
    _ask_to_end(record)
    if clock.wait_until(lambda: not record.leftovers(), timeout_s=record.stop_timeout_s):
        return
    for pid in record.leftovers():
        _signal(record, pid, signal.SIGKILL)
    if not clock.wait_until(lambda: not record.leftovers(), timeout_s=_KILL_TIMEOUT_S):
        raise PlatformError(
            f"{record.name} does not end, even when killed",
            where=f"process {record.pid}",
            fix=f"ps -o pid,stat,wchan,args --sid {record.pid}",
        )


def _ask_to_end(record: Record) -> None:
    """Signal the whole group while the process leads it; what it left behind is asked one by one."""
    if record.is_alive():
        _signal(record, -record.pid, signal.Signals[record.stop_signal])
        return
    for pid in record.leftovers():
        _signal(record, pid, signal.SIGTERM)


def _signal(record: Record, pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, or, as kill(2) has it, to the group of a negative number."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise PlatformError(
            f"{record.name} was started by another account, so it cannot be stopped",
            where=f"process {abs(pid)}",
            fix="run the same command with sudo",
        ) from error
