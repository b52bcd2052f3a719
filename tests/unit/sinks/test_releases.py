"""Releases are written whole, switched atomically and never changed afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.model.artifact import Artifact
from platformctl.model.release import Expected, Release, Unit
from platformctl.render import manifest
from platformctl.sinks.releases import ReleaseStore


def release(text: str) -> Release:
    files = {"prometheus/prometheus.yml": Artifact("prometheus/prometheus.yml", text.encode())}
    units = (Unit(name="prometheus", process="p", config=text, reloads=True, needs=("redis",)),)
    return Release(files=files | {manifest.PATH: manifest.render(files, units, Expected())}, units=units)


def test_a_staged_release_is_not_active_until_it_is_switched_to(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    number = store.stage(release("a"))
    assert (number, store.current()) == (1, None)
    store.activate(number)
    assert store.current() == 1
    assert (tmp_path / "current" / "prometheus" / "prometheus.yml").read_text() == "a"


def test_a_release_is_read_back_as_it_was_staged(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    assert store.load(store.stage(release("a"))) == release("a")


def test_numbers_go_on_even_after_a_roll_back(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    store.activate(store.stage(release("a")))
    store.stage(release("b"))
    store.activate(1)
    assert store.stage(release("c")) == 3


def test_the_oldest_releases_are_forgotten_but_never_the_active_one(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    store.activate(store.stage(release("first")))
    for count in range(12):
        last = store.stage(release(str(count)))
    store.mark_good(last)
    assert store.numbers() == (1, *range(4, 14))


def test_a_file_hides_no_half_release_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    (tmp_path / "releases").write_text("not a folder")
    with pytest.raises(PlatformError, match="cannot write"):
        store.stage(release("a"))


HOLDER = """
import sys, pathlib
from platformctl.sinks.releases import ReleaseStore
with ReleaseStore(pathlib.Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_deployment_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PlatformError, match=f"process {holder.pid}"), ReleaseStore(tmp_path).lock():
            pass
        holder.communicate("")
    with ReleaseStore(tmp_path).lock():
        pass
