"""Who a process is, and what is recorded of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.sinks import machine
from platformctl.sinks.native import procfs
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.records import Record, RecordStore, mark_entry


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own session that carries the mark `web-1`."""
    name, _, value = mark_entry("web-1").partition("=")
    with subprocess.Popen(["sleep", "600"], start_new_session=True, env={name: value}) as process:
        yield process
        process.kill()


def record_of(process: subprocess.Popen[bytes], mark: str = "web-1") -> Record:
    identity = procfs.identify(process.pid)
    assert identity is not None
    return Record(
        name="web",
        pid=identity.pid,
        start_ticks=identity.start_ticks,
        boot_id=identity.boot_id,
        mark=mark,
        process="p",
        config="c",
        ports={"http": "127.0.0.1:9000"},
        stop_signal="SIGTERM",
        stop_timeout_s=1.0,
    )


def test_a_process_is_known_by_more_than_its_number(sleeper: subprocess.Popen[bytes]) -> None:
    record = record_of(sleeper)
    assert record.is_alive()
    assert not replace(record, start_ticks=record.start_ticks - 1).is_alive()
    assert not replace(record, boot_id="another").is_alive()


def test_an_ended_process_that_nobody_waited_for_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    record = record_of(sleeper)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert procfs.identify(sleeper.pid) == record.identity
    assert not record.is_alive()


def test_a_process_whose_first_thread_has_ended_is_alive_as_long_as_another_runs() -> None:
    """It still holds its ports, which a server started in its place would find taken."""
    ends_first = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    with subprocess.Popen([sys.executable, "-c", ends_first]) as process:
        stat = Path(f"/proc/{process.pid}/stat")
        while ") Z " not in stat.read_text():
            time.sleep(0.01)
        record = record_of(process)
        assert record.is_alive()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not record.is_alive()


def test_a_command_name_with_spaces_and_parentheses_is_read_right(tmp_path: Path) -> None:
    odd = tmp_path / "a) Z 1 (b"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([odd, "600"]) as process:
        assert record_of(process).is_alive()
        process.kill()


def test_leftovers_of_a_dead_process_are_those_with_its_mark(sleeper: subprocess.Popen[bytes]) -> None:
    dead = replace(record_of(sleeper), start_ticks=1)
    assert dead.leftovers() == (sleeper.pid,)
    assert replace(dead, mark="web-2").leftovers() == ()


def test_a_record_is_read_as_it_was_written(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    store = RecordStore(Layout(tmp_path))
    record = record_of(sleeper)
    store.put(record)
    assert store.all() == {"web": record}
    store.remove("web")
    store.remove("web")
    assert store.all() == {}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1}', "\x00"])
def test_a_spoilt_record_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run" / "web.json"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(PlatformError, match="'web' cannot be read") as caught:
        RecordStore(Layout(tmp_path)).all()
    assert caught.value.where == str(path)


@pytest.mark.parametrize("text", ["", "[]", '{"prots": {}}', "null"])
def test_a_spoilt_machine_file_is_named_with_the_way_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "machine.json"
    path.write_text(text)
    with pytest.raises(PlatformError) as caught:
        machine.load(path)
    assert caught.value.fix is not None
    assert caught.value.fix.startswith(f"rm {path}")


def test_an_unchanged_machine_file_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "machine.json"
    machine.save(path, machine.Machine(ports={"web": {"http": 9000}}))
    before = path.stat().st_ino
    machine.save(path, machine.load(path))
    assert path.stat().st_ino == before


def test_an_interruption_waits_for_the_end_of_a_deferred_block() -> None:
    script = (
        "import os, signal\n"
        "from platformctl.sinks.native.interrupts import deferred\n"
        "try:\n"
        "    with deferred():\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print('whole')\n"
        "    print('too far')\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["whole", "interrupted"]


def test_a_process_started_in_a_deferred_block_ignores_no_signal() -> None:
    script = (
        "import signal, subprocess, sys\n"
        "from platformctl.sinks.native.interrupts import deferred\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "with deferred():\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        "child.terminate()\n"
        "print(child.wait(timeout=10))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "-15"
