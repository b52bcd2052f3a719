"""Data folders: prepared whole or not at all, owned by the right account, on disks that are full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.native.components import shell
from e2e.native.conftest import NewStack
from e2e.native.stack import core, eventually, on_free_ports, processes_of

from platformctl.errors import PlatformError
from platformctl.model.component import PrepareStep

pytestmark = pytest.mark.e2e
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="takes root")


def test_a_half_made_database_is_made_anew(new_stack: NewStack) -> None:
    stack = new_stack(*core("postgres"))
    pgdata = stack.state / "data" / "postgres" / "pgdata"
    with stack.start_from_elsewhere("postgres") as command:
        assert eventually(lambda: (pgdata / "PG_VERSION").exists())
        command.kill()  # without a chance to clean up, as by the kernel when memory is short
    assert (stack.state / "run" / "postgres.preparing").exists()

    assert {change.name for change in stack.deploy()} == {"postgres"}
    assert stack.runtime.running()["postgres"].alive
    assert not (stack.state / "run" / "postgres.preparing").exists()


def test_a_failed_preparation_leaves_nothing_half_made_and_what_was_there_before(
    new_stack: NewStack,
) -> None:
    steps = (
        PrepareStep(argv=("mkdir", "{data}/base"), creates="{data}/base"),
        PrepareStep(argv=("sh", "-c", "echo cannot; exit 3"), creates="{data}/done"),
    )
    stack = new_stack(*on_free_ports(shell("store", "exec sleep 600", prepare=steps)))
    data = stack.state / "data" / "store"
    data.mkdir(parents=True)
    (data / "precious").write_text("kept")
    with pytest.raises(PlatformError, match=r"cannot be prepared \(sh: exit status 3\)\n    cannot"):
        stack.deploy()
    assert [path.name for path in data.iterdir()] == ["precious"]


@as_root
@pytest.mark.parametrize("name", ["postgres", "prometheus", "redis"])
def test_a_full_disk_below_the_data_is_named(new_stack: NewStack, name: str) -> None:
    stack = new_stack(*core(name))
    data = stack.state / "data"
    data.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k,mode=755", "tmpfs", data], check=True)
    try:
        fill(data / "filler")
        with pytest.raises(PlatformError, match="the disk is full") as caught:
            stack.deploy()
        assert caught.value.fix is not None
        assert "space" in caught.value.fix
        assert not any(unit.alive for unit in stack.runtime.running().values())
    finally:
        stack.runtime.down(volumes=False)
        subprocess.run(["umount", data], check=True)
    stack.deploy()
    assert stack.runtime.running()[name].alive


@as_root
def test_nothing_runs_that_could_not_be_put_on_record(new_stack: NewStack) -> None:
    stack = new_stack(*core("node-exporter"))
    release = stack.release()
    (change,) = stack.plan(release).units
    records = stack.state / "run"
    records.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", records], check=True)
    try:
        fill(records / "filler")
        with pytest.raises(PlatformError, match="No space left"):
            stack.runtime.apply(change, release)
        assert processes_of(stack.state) == []
    finally:
        subprocess.run(["umount", records], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("ab", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"x" * 1024)


@pytest.fixture(params=[0o022, 0o077], ids=["open", "closed"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """A user's umask."""
    former = os.umask(request.param)
    yield
    os.umask(former)


@as_root
def test_a_server_that_refuses_root_gets_a_folder_that_its_account_can_enter(
    new_stack: NewStack, home: Path, umask: None
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    (closed / "state" / "secrets").mkdir(parents=True)
    (closed / "state" / "secrets" / "pagerduty-key").write_text("kept")
    stack = new_stack(*core("postgres", "postgres-exporter"), state=closed / "state")
    stack.deploy()
    site = stack.survey()
    assert site.places["postgres"].data.startswith(str(home / "elsewhere"))
    assert site.secrets == {"pagerduty-key", "postgres-password"}
    for secret in (stack.state / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0
    assert eventually(lambda: stack.runtime.running()["postgres-exporter"].alive)
    stack.runtime.down(volumes=True)
    assert not Path(site.places["postgres"].data).exists()
    assert (stack.state / "secrets" / "pagerduty-key").read_text() == "kept"


@as_root
def test_a_data_folder_of_another_account_is_refused_and_left_as_it_is(new_stack: NewStack) -> None:
    stack = new_stack(*core("postgres"))
    data = stack.state / "data" / "postgres"
    data.mkdir(parents=True)
    with pytest.raises(PlatformError, match="data folder belongs to the account 0") as caught:
        stack.deploy()
    assert caught.value.fix == f"sudo chown -R postgres: {data}"
