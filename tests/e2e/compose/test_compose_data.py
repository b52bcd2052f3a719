"""The data of containers on a real engine: copied while they serve, put back, and back again on failure."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from e2e.compose.deployed import Stack
from support import compose_sample

from platformctl.model.backup import PrintedCopy
from platformctl.sinks.runtime import PrintedCommand

pytestmark = [pytest.mark.docker, pytest.mark.e2e, pytest.mark.slow]

POSTGRES = compose_sample.core("postgres")
PLATFORM = compose_sample.platform(POSTGRES, compose_sample.core("redis"))


class Broken(Exception):
    """What goes wrong in the middle of a restore."""


def sql(stack: Stack, statement: str) -> str:
    """The answer of PostgreSQL in its container."""
    container = stack.runtime._containers()["postgres"].id
    password = (stack.state / "secrets" / "postgres-password").read_text()
    address = f"postgresql://postgres:{password}@127.0.0.1/platform"
    return stack.docker("exec", container, "psql", address, "-Atc", statement)


def test_a_copy_taken_while_it_serves_is_put_back_and_a_failed_restore_changes_nothing(
    stack: Stack, tmp_path: Path
) -> None:
    stack.deploy(PLATFORM)
    site, release = stack.release(PLATFORM)
    sql(stack, "CREATE TABLE kept AS SELECT 42 AS answer")
    data = stack.runtime.data(release)
    assert set(data.units()) == {"postgres", "redis"}

    assert isinstance(POSTGRES.backup, PrintedCopy)
    argv = tuple(site.fill("postgres", text) for text in POSTGRES.backup.argv)
    part = tmp_path / "postgres.tar.gz"
    with tarfile.open(part, "w:gz", compresslevel=1) as target:
        data.pack("postgres", target, leave_out="pgdata")
        data.pack_printed(
            "postgres", target, PrintedCommand(argv=argv, secrets=POSTGRES.backup.secrets), into="pgdata"
        )
    sql(stack, "UPDATE kept SET answer = 43")

    stack.runtime.down(volumes=False)
    with pytest.raises(Broken), data.replaced("postgres", part):
        raise Broken
    stack.deploy(PLATFORM)
    assert sql(stack, "SELECT answer FROM kept") == "43"

    stack.runtime.down(volumes=True)
    with data.replaced("postgres", part):
        pass
    stack.deploy(PLATFORM)
    assert sql(stack, "SELECT answer FROM kept") == "42"
