"""A check counts only when it is in the table, tested, and explained."""

from pathlib import Path

import pytest
from support import sample

import platformctl.checks
from platformctl.checks.table import CHECKS, SITE_CHECKS

ROOT = Path(__file__).parents[3]
NAMES = [check.__name__ for check in (*CHECKS, *SITE_CHECKS)]


def test_every_check_on_disk_is_in_the_table() -> None:
    folder = Path(str(platformctl.checks.__file__)).parent
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert files - {"table"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_a_test_and_a_page(name: str) -> None:
    assert (Path(__file__).parent / f"test_{name}.py").is_file()
    page = (ROOT / "docs" / "checks" / f"{name}.md").read_text()
    assert page.startswith(f"# {name}\n")
    assert "## How to mend it" in page


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_sample_platform_passes(check: object) -> None:
    assert callable(check)
    assert list(check(sample.PLATFORM)) == []
