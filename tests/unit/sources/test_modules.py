"""Errors in user-written Python point at the user's own file and line."""

from pathlib import Path

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.rules import AlertRule
from platformctl.sources import modules

GOOD = """
from platformctl.model.rules import AlertRule, DashboardLink, Severity

ALERTS = (
    AlertRule(
        name="ApiDown", expr="up == 0", severity=Severity.CRITICAL, team="platform",
        summary="s", description="d", dashboard=DashboardLink(uid="x"), tests=(),
    ),
)
"""


def write(root: Path, text: str) -> Path:
    path = root / "alerts_src" / "api.py"
    path.parent.mkdir()
    path.write_text(text)
    return path


def refused(root: Path, text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        loaded = modules.load(root, write(root, text))
        loaded.values("ALERTS", AlertRule)
    return caught.value


def test_definitions_are_loaded_with_their_lines(tmp_path: Path) -> None:
    loaded = modules.load(tmp_path, write(tmp_path, GOOD))
    assert [alert.name for alert in loaded.values("ALERTS", AlertRule)] == ["ApiDown"]
    assert loaded.where("ApiDown") == "alerts_src/api.py:5"


def test_a_wrong_value_points_at_the_call_that_holds_it(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace("ApiDown", "api down"))
    assert error.where == "alerts_src/api.py:5"
    assert "'api down' is not a valid name" in error.what


def test_a_syntax_error_points_at_its_line(tmp_path: Path) -> None:
    assert refused(tmp_path, "x = 1\nALERTS = (\n").where == "alerts_src/api.py:2"


@pytest.mark.parametrize(
    ("text", "where"),
    [("import os\nimport no_such_module\n", "alerts_src/api.py:2"), ("\n\n1 / 0\n", "alerts_src/api.py:3")],
)
def test_any_exception_points_at_the_users_line(tmp_path: Path, text: str, where: str) -> None:
    assert refused(tmp_path, text).where == where


def test_a_list_where_a_tuple_belongs_is_refused_with_the_way_to_write_it(tmp_path: Path) -> None:
    error = refused(tmp_path, "ALERTS = []\n")
    assert "ALERTS is a list" in str(error)
    assert "ALERTS = (FIRST, SECOND)" in str(error)


def test_a_member_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert "holds a str, not a AlertRule" in str(refused(tmp_path, 'ALERTS = ("x",)\n'))


def test_loading_leaves_no_module_and_no_bytecode_behind(tmp_path: Path) -> None:
    import sys

    before = set(sys.modules)
    modules.load(tmp_path, write(tmp_path, GOOD))
    assert {name for name in set(sys.modules) - before if "workspace" in name} == set()
    assert list(tmp_path.rglob("__pycache__")) == []
