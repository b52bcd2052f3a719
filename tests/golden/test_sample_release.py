"""The whole release of the small workspace in tests/platform, byte by byte, for both runtimes.

`pytest tests/golden --update-golden` rewrites it; read the difference before you commit it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.workspace import COMMAND, SAMPLE

from platformctl.sources.workspace import built_in_content

GOLDEN = Path(__file__).parent / "sample"
RUNTIMES = ("compose", "native")


def generate(workspace: Path, out: Path, runtime: str, **environment: str) -> dict[str, bytes]:
    """The release tree of a workspace, by path."""
    subprocess.run(
        [str(COMMAND), "generate", "-w", str(workspace), "--out", str(out), "--runtime", runtime],
        env=os.environ | environment,
        check=True,
        capture_output=True,
    )
    return tree(out)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_sample_release_is_the_golden_one(
    runtime: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    made = generate(SAMPLE, tmp_path / "out", runtime)
    if pytestconfig.getoption("--update-golden"):
        shutil.rmtree(GOLDEN / runtime, ignore_errors=True)
        shutil.copytree(tmp_path / "out", GOLDEN / runtime)
    golden = tree(GOLDEN / runtime)
    assert sorted(made) == sorted(golden)
    for path, content in golden.items():
        assert made[path].decode() == content.decode(), path


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_other_seeds_zones_locales_and_folders_give_the_same_bytes(runtime: str, tmp_path: Path) -> None:
    here = tmp_path / "a folder with spaces"
    for name in ("alerts_src", "compose", "dashboards_src", "runbooks", "slas"):
        shutil.copytree(built_in_content() / name, here / name)
    first = generate(built_in_content(), tmp_path / "one", runtime, PYTHONHASHSEED="1", TZ="UTC")
    second = generate(
        here,
        tmp_path / "two",
        runtime,
        PYTHONHASHSEED="77",
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        HOME="/nonexistent",
    )
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []


def test_tenants_change_the_registry_and_nothing_else(tmp_path: Path) -> None:
    """A thousand tenants are a label, not a thousand rules."""
    shutil.copytree(SAMPLE, tmp_path / "many")
    entries = "".join(
        f"  - {{id: tenant-{number}, name: T, vertical: gyms, tier: gold}}\n" for number in range(1000)
    )
    (tmp_path / "many" / "slas" / "tenants.yml").write_text(f"tenants:\n{entries}")
    few = generate(SAMPLE, tmp_path / "one", "native")
    many = generate(tmp_path / "many", tmp_path / "two", "native")
    assert sorted(few) == sorted(many)
    assert {path for path in few if few[path] != many[path]} == {"registry/tenants.json", "release.json"}
