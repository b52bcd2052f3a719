"""Preparations: all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.render.native import Step
from platformctl.sinks.native.prepare import prepare

MAKE = Step(argv=("make",), creates="data/db/base", stdin="")
FILL = Step(argv=("fill",), creates="data/db/.filled", stdin="")


class Machine:
    """A state folder whose commands are Python functions."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.data = state / "data" / "db"
        self.data.mkdir(parents=True)
        self.ran: list[str] = []
        self.fails_at = ""
        self.is_interrupted_at = ""

    def prepare(self, *steps: Step) -> None:
        prepare(steps, state=self.state, data=self.data, journal=self.state / "journal", run=self._run)

    def _run(self, step: Step) -> None:
        (command,) = step.argv
        self.ran.append(command)
        (self.data / ("base" if command == "make" else "table")).mkdir()
        if command == self.fails_at:
            raise PlatformError("no")
        if command == self.is_interrupted_at:
            raise KeyboardInterrupt

    def contents(self) -> set[str]:
        return {path.name for path in self.data.iterdir()}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_steps_run_once_and_leave_their_marker(machine: Machine) -> None:
    machine.prepare(MAKE, FILL)
    machine.prepare(MAKE, FILL)
    assert machine.ran == ["make", "fill"]
    assert machine.contents() == {"base", "table", ".filled"}
    assert not (machine.state / "journal").exists()


def test_a_step_that_came_later_runs_on_what_is_there(machine: Machine) -> None:
    machine.prepare(MAKE)
    machine.prepare(MAKE, FILL)
    assert machine.ran == ["make", "fill"]


@pytest.mark.parametrize("fault", ["fails_at", "is_interrupted_at"])
def test_a_step_that_ends_badly_undoes_those_before_it_too(machine: Machine, fault: str) -> None:
    (machine.data / "precious").touch()
    setattr(machine, fault, "fill")
    with pytest.raises((PlatformError, KeyboardInterrupt)):
        machine.prepare(MAKE, FILL)
    assert machine.contents() == {"precious"}
    setattr(machine, fault, "")
    machine.prepare(MAKE, FILL)
    assert machine.ran == ["make", "fill", "make", "fill"]


def test_what_a_killed_preparation_left_is_removed_even_where_its_marker_exists(machine: Machine) -> None:
    (machine.data / "precious").touch()
    (machine.state / "journal").write_text('["precious"]')  # nobody was left to tidy up
    (machine.data / "base" / "half").mkdir(parents=True)
    (machine.data / "link").symlink_to("/etc")
    machine.prepare(MAKE)
    assert machine.ran == ["make"]
    assert machine.contents() == {"precious", "base"}
    assert not (machine.data / "base" / "half").exists()


def test_a_marker_is_never_made_through_a_link(machine: Machine, tmp_path: Path) -> None:
    (machine.data / ".filled").symlink_to(tmp_path / "outside")
    with pytest.raises(PlatformError):
        machine.prepare(FILL)
    assert not (tmp_path / "outside").exists()
