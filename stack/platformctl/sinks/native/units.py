"""Bringing one process up, through its preparations to its first healthy answer, and taking it down."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError
from platformctl.model.posture import Workload
from platformctl.model.release import RunningUnit, Unit
from platformctl.render.native import Process, Step
from platformctl.sinks import ports
from platformctl.sinks.native import interrupts, logs, probe, sockets
from platformctl.sinks.native.accounts import Account, find_account, is_root
from platformctl.sinks.native.failures import start_failure
from platformctl.sinks.native.folders import make_data_folder
from platformctl.sinks.native.launch import Launched, end, launch
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.prepare import prepare
from platformctl.sinks.native.records import PREPARING, Record, RecordStore
from platformctl.sinks.native.waiting import Clock

_PREPARE_TIMEOUT_S: Final = 300.0
_QUOTED_LINES: Final = 5


class Units:
    """The processes of one state folder, by the name of their component."""

    def __init__(self, layout: Layout, *, clock: Clock, health_timeout_s: float) -> None:
        self._layout = layout
        self._records = RecordStore(layout)
        self._clock = clock
        self._health_timeout_s = health_timeout_s

    def running(self) -> dict[str, RunningUnit]:
        """What runs, and what has died, with the last lines it said."""
        return {name: self._describe(record) for name, record in self._records.all().items()}

    def start(self, process: Process, unit: Unit) -> None:
        """Start a process, after ending a former one, and return when it is healthy.

        It is on record before it is waited for; one that does not get healthy is ended, and stays on
        record as dead.
        """
        self._end_former(process.name)
        _check_ports(process)
        account = _account(process)
        data = self._layout.state / process.data
        make_data_folder(data, account)
        prepare(
            process.prepare,
            state=self._layout.state,
            data=data,
            journal=self._layout.records / f"{process.name}.preparing",
            run=lambda step: self._run_step(process, step, account),
        )
        said_before = self._log_size(process.name)
        launched = self._launch(process, process.argv, account, unit=unit)
        self._wait_until_healthy(process, launched, said_before)

    def reload(self, process: Process, unit: Unit) -> None:
        """Let a process take over its new configuration; it keeps the old one when it refuses."""
        record = self._records.get(process.name)
        if record is None or not record.is_alive():
            raise PlatformError(f"{process.name} has died meanwhile", fix="platformctl deploy")
        probe.reload(process.name, process.reload)
        self._records.put(replace(record, config=unit.config))

    def stop(self, name: str) -> None:
        """End a process and forget it; one that is not on record is none of ours."""
        self._end_former(name)
        self._records.remove(name)

    def stop_all(self) -> tuple[str, ...]:
        """End every process, the one that was started last first; returns their names."""
        records = self._records.all().values()
        latest_first = sorted(records, key=lambda record: record.start_ticks, reverse=True)
        failures = []
        for record in latest_first:
            try:
                self.stop(record.name)
            except PlatformError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return tuple(record.name for record in latest_first)

    def workloads(self) -> tuple[Workload, ...]:
        """The processes that run, with what the kernel says they listen on and run as."""
        return tuple(
            Workload(
                name=record.name,
                listens=sockets.listened(record.leftovers()),
                as_root=sockets.is_roots(record.pid),
            )
            for record in self._records.all().values()
            if record.is_alive()
        )

    def held_ports(self) -> frozenset[int]:
        """The port numbers of processes of ours that still run, whole or in part."""
        return frozenset(
            int(address.rpartition(":")[2])
            for record in self._records.all().values()
            if record.is_alive() or record.leftovers()
            for address in record.ports.values()
        )

    def _describe(self, record: Record) -> RunningUnit:
        alive = record.is_alive()
        said = [] if alive else logs.last_lines(self._layout.log(record.name), _QUOTED_LINES)
        return RunningUnit(
            name=record.name,
            process=record.process,
            config=record.config,
            alive=alive,
            detail="\n".join(said),
        )

    def _end_former(self, name: str) -> None:
        record = self._records.get(name)
        if record is not None:
            end(record, self._clock)

    def _launch(
        self, process: Process, argv: tuple[str, ...], account: Account | None, *, unit: Unit | None,
        stdin: str = "",
    ) -> Launched:  # fmt: skip
        """Start a command and put it on record; without a unit, as a preparation."""
        mark = f"{process.name}-{secrets.token_hex(8)}"
        with logs.open_log(self._layout.log(process.name)) as log, interrupts.deferred():
            launched = launch(
                process, argv, state=self._layout.state, account=account, mark=mark, log=log, stdin=stdin
            )
            record = Record(
                name=process.name,
                **asdict(launched.identity),
                mark=mark,
                process=unit.process if unit else PREPARING,
                config=unit.config if unit else "",
                ports=process.ports,
                stop_signal=process.stop_signal,
                stop_timeout_s=process.stop_timeout_s,
            )
            try:
                self._records.put(record)
            except PlatformError:
                end(record, self._clock)  # nothing may run that is not on record
                raise
        return launched

    def _run_step(self, process: Process, step: Step, account: Account | None) -> None:
        """Run a preparation to its end; an interruption ends it."""
        said_before = self._log_size(process.name)
        try:
            launched = self._launch(process, step.argv, account, unit=None, stdin=step.stdin)
            in_time = self._clock.wait_until(launched.has_ended, timeout_s=_PREPARE_TIMEOUT_S)
        finally:
            self._end_former(process.name)
        if in_time and launched.exit_status == 0:
            return
        ending = _ending(launched.exit_status) if in_time else f"took over {_PREPARE_TIMEOUT_S:g} s"
        command = Path(step.argv[0]).name
        raise self._failure(process, f"cannot be prepared ({command}: {ending})", said_before)

    def _wait_until_healthy(self, process: Process, launched: Launched, said_before: int) -> None:
        ailment: str | None = None

        def settled() -> bool:
            nonlocal ailment
            ailment = probe.ailment(process.health) or probe.command_ailment(
                process.health_command, environment=process.environment
            )
            return ailment is None or launched.has_ended()

        self._clock.wait_until(settled, timeout_s=self._health_timeout_s)
        if launched.has_ended():
            raise self._failure(process, f"ended at its start ({_ending(launched.exit_status)})", said_before)
        if ailment is not None:
            self._end_former(process.name)
            what = f"was not healthy within {self._health_timeout_s:g} s: {ailment}"
            raise self._failure(process, what, said_before)

    def _log_size(self, name: str) -> int:
        log = self._layout.log(name)
        return log.stat().st_size if log.exists() else 0

    def _failure(self, process: Process, what: str, said_before: int) -> PlatformError:
        log = self._layout.log(process.name)
        since = said_before if log.stat().st_size >= said_before else 0  # it may have been turned over
        return start_failure(
            process.name,
            what,
            said=logs.last_lines(log, _QUOTED_LINES, since=since),
            log=log,
            data=self._layout.state / process.data,
        )


def _ending(status: int | None) -> str:
    return f"killed by signal {-status}" if status is not None and status < 0 else f"exit status {status}"


def _check_ports(process: Process) -> None:
    """Refuse to start where another process listens: its answers would pass for those of ours."""
    for address in process.ports.values():
        number = int(address.rpartition(":")[2])
        if not ports.is_free(number):
            raise PlatformError(
                f"{process.name} cannot start: port {number} was taken by another process meanwhile",
                where=address,
                fix="platformctl deploy  # picks another port",
            )


def _account(process: Process) -> Account | None:
    """The account to run as; None for our own."""
    if not process.user or not is_root():
        return None
    account = find_account(process.user)
    if account is None:
        raise PlatformError(
            f"{process.name} cannot run as root, and there is no account {process.user!r}",
            fix=f"useradd --system {process.user}",
        )
    return account
