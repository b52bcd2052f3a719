"""A build context is its folder and the packages it lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.errors import DefinitionError
from platformctl.sources.builds import load_builds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "till"
    made.mkdir()
    (made / "Dockerfile").write_text("FROM scratch\n")
    return made


def paths(folder: Path) -> set[str]:
    return {artifact.path for artifact in load_builds(folder)}


def test_without_a_list_nothing_comes_along(folder: Path) -> None:
    assert paths(folder) == {"build/till/Dockerfile"}


def test_listed_packages_come_along_as_sources(folder: Path) -> None:
    (folder / "vendor.txt").write_text("platform_telemetry\nplatform_ratelimit\n")
    found = paths(folder)
    assert "build/till/vendor/platform_telemetry/edge/counts.py" in found
    assert "build/till/vendor/platform_ratelimit/decide.lua" in found
    assert not [path for path in found if "__pycache__" in path]


def test_a_package_that_is_not_installed_is_named_with_its_place(folder: Path) -> None:
    (folder / "vendor.txt").write_text("platform_tills\n")
    with pytest.raises(DefinitionError, match="'platform_tills' is not installed") as refused:
        paths(folder)
    assert str(refused.value.where).endswith("till/vendor.txt")
