"""What goes wrong with local processes, and what is said and left then."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.native.components import python, shell
from e2e.native.conftest import NewStack
from e2e.native.stack import alive, core, eventually, on_free_ports, processes_of, taken_port

from platformctl.errors import PlatformError
from platformctl.model.component import HttpHealth, Native
from platformctl.model.units import milliseconds
from platformctl.plan import UnitAction

pytestmark = pytest.mark.e2e


def test_a_taken_default_port_is_replaced_and_kept(new_stack: NewStack) -> None:
    (redis,) = core("redis")
    stack = new_stack(redis)
    usual = redis.ports[0].number
    with taken_port(usual):
        assert f"redis listens on port {stack.address('redis')[1]}; {usual} was taken" in stack.survey().notes
        stack.deploy()
        chosen = stack.address("redis")[1]
    assert chosen != usual
    assert stack.deploy() == ()  # the usual port is free again, but this one is ours
    assert stack.address("redis")[1] == chosen


def test_a_recorded_port_that_others_took_while_we_were_down_is_replaced_and_told(
    new_stack: NewStack,
) -> None:
    stack = new_stack(*core("redis", "redis-exporter"))
    stack.deploy()
    former = stack.address("redis")[1]
    stack.runtime.down(volumes=False)
    with taken_port(former):
        (note,) = stack.survey().notes
        stack.deploy()
        assert f"redis moves from port {former}, which is taken, to {stack.address('redis')[1]}" == note
        assert stack.runtime.running()["redis-exporter"].alive


def test_a_port_taken_between_the_plan_and_the_start_is_named(new_stack: NewStack) -> None:
    stack = new_stack(*core("redis"))
    release = stack.release()
    (change,) = stack.plan(release).units
    port = stack.address("redis")[1]
    with taken_port(port), pytest.raises(PlatformError, match=f"port {port} was taken") as caught:
        stack.runtime.apply(change, release)
    assert caught.value.fix is not None
    assert "platformctl deploy" in caught.value.fix
    assert stack.runtime.running() == {}


def test_a_process_that_ends_at_once_is_told_with_its_last_words(new_stack: NewStack) -> None:
    stack = new_stack(*on_free_ports(shell("broken", "echo no such table: bookings; exit 7")))
    with pytest.raises(
        PlatformError, match=r"ended at its start \(exit status 7\)\n    no such table"
    ) as caught:
        stack.deploy()
    assert caught.value.where == str(stack.state / "logs" / "broken.log")
    dead = stack.runtime.running()["broken"]
    assert (dead.alive, dead.detail) == (False, "no such table: bookings")


def test_words_of_an_earlier_life_are_not_quoted(new_stack: NewStack) -> None:
    stack = new_stack(*on_free_ports(shell("broken", "echo first; exit 1")))
    with pytest.raises(PlatformError, match="first"):
        stack.deploy()
    (component,) = stack.components
    stack.components = (replace(component, native=Native(binaries=("sh",), args=("-c", "exit 1"))),)
    with pytest.raises(PlatformError) as caught:
        stack.deploy()
    assert "first" not in caught.value.what


def test_a_process_that_never_gets_healthy_is_ended_and_told(new_stack: NewStack) -> None:
    stack = new_stack(*on_free_ports(shell("slow", "exec sleep 600")), health_timeout_s=0.5)
    with pytest.raises(PlatformError, match=r"was not healthy within 0\.5 s: .* does not answer"):
        stack.deploy()
    assert not stack.runtime.running()["slow"].alive
    assert processes_of(stack.state) == []


def test_a_health_page_that_answers_with_an_error_is_not_healthy(new_stack: NewStack) -> None:
    (alertmanager,) = core("alertmanager")
    sick = replace(alertmanager, health=HttpHealth(port="http", path="/no-such-page"))
    stack = new_stack(sick, health_timeout_s=1)
    with pytest.raises(PlatformError, match="/no-such-page answers 404"):
        stack.deploy()


def test_a_process_whose_health_command_fails_is_not_healthy(new_stack: NewStack) -> None:
    listening = python("store", "time.sleep(600)", health_command=("sh", "-c", "exit 2"))
    stack = new_stack(*on_free_ports(listening), health_timeout_s=1)
    with pytest.raises(PlatformError, match=r"sh says no \(exit status 2\)"):
        stack.deploy()


def test_a_process_that_ignores_the_request_to_end_is_killed_after_its_time(new_stack: NewStack) -> None:
    stubborn = python(
        "stubborn",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
        stop_timeout=milliseconds(300),
    )
    stack = new_stack(*on_free_ports(stubborn))
    stack.deploy()
    pid = stack.record("stubborn").pid
    stack.runtime.down(volumes=False)
    assert not alive(pid)


def test_the_children_that_a_killed_process_left_behind_are_ended_before_it_starts_again(
    new_stack: NewStack,
) -> None:
    parent = python("parent", "import os; child = os.fork(); time.sleep(600)")
    stack = new_stack(*on_free_ports(parent))
    stack.deploy()
    first = stack.record("parent")
    os.kill(first.pid, signal.SIGKILL)
    assert eventually(lambda: not first.is_alive())
    orphans = first.leftovers()
    assert len(orphans) == 1
    port = stack.address("parent")[1]
    assert [change.action for change in stack.deploy()] == [UnitAction.START]
    assert not any(alive(pid) for pid in orphans)
    assert stack.address("parent")[1] == port


def test_a_process_that_has_the_number_of_a_dead_one_is_never_touched(new_stack: NewStack) -> None:
    stack = new_stack(*core("node-exporter"))
    stack.deploy()
    os.kill(stack.record("node-exporter").pid, signal.SIGKILL)
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as foreign:
        try:
            stack.edit_record("node-exporter", pid=foreign.pid)
            assert not stack.runtime.running()["node-exporter"].alive
            assert [change.action for change in stack.deploy()] == [UnitAction.START]
            stack.edit_record("node-exporter", pid=foreign.pid)
            real = stack.runtime.down(volumes=False)
            assert real == ("node-exporter",)
            assert foreign.poll() is None
        finally:
            foreign.kill()
    for pid in processes_of(stack.state):
        os.kill(pid, signal.SIGKILL)  # the record was spoilt on purpose, so nobody ends it


def test_a_record_of_another_boot_says_nothing_about_the_processes_of_this_one(new_stack: NewStack) -> None:
    stack = new_stack(*core("node-exporter"))
    stack.deploy()
    record = stack.record("node-exporter")
    stack.edit_record("node-exporter", boot_id="another")
    assert not stack.runtime.running()["node-exporter"].alive
    stack.edit_record("node-exporter", boot_id=record.boot_id)
    assert stack.runtime.running()["node-exporter"].alive


def test_an_interrupted_wait_leaves_the_process_on_record(new_stack: NewStack) -> None:
    stack = new_stack(*on_free_ports(shell("slow", "exec sleep 600")))
    release = stack.release()
    (change,) = stack.plan(release).units
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        with pytest.raises(KeyboardInterrupt):
            stack.runtime.apply(change, release)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert stack.runtime.running()["slow"].alive
    assert stack.runtime.down(volumes=False) == ("slow",)
    assert processes_of(stack.state) == []


def test_a_program_that_went_away_after_the_survey_is_named(new_stack: NewStack, home: Path) -> None:
    program = home / "bin" / "server"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    component = shell("server", "")
    gone = replace(component, native=Native(binaries=("server",), search=(str(program.parent),)))
    stack = new_stack(*on_free_ports(gone))
    release = stack.release()
    (change,) = stack.plan(release).units
    program.unlink()
    with pytest.raises(PlatformError, match="server cannot be started: No such file"):
        stack.runtime.apply(change, release)


def test_logs_of_an_unknown_component_name_the_known_ones(new_stack: NewStack) -> None:
    stack = new_stack(*on_free_ports(shell("broken", "exit 1")))
    with pytest.raises(PlatformError):
        stack.deploy()
    for name in ("brokn", "../run/broken", ""):
        with pytest.raises(PlatformError, match="there is no log") as caught:
            stack.runtime.log_lines(name, tail=5, follow=False)
        assert caught.value.fix == "name one of: broken"
