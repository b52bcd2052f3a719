"""The owner's own scripts are run before and after, and one that breaks is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scaffold.apps import package, write

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.own_checks import refuse_regressions, run_own_checks

RUNNER = '#!/bin/sh\n[ -z "$CI" ] && exit 9\n[ "$1" != lint ]\n'


def own(root: Path) -> OwnersView:
    runner = (
        write(
            root, {"run.sh": RUNNER, "package.json": package(scripts={"lint": "x", "test": "y", "dev": "z"})}
        )
        / "run.sh"
    )
    runner.chmod(0o755)
    return OwnersView(root=root, manifest=Manifest(name="x"))


def test_the_scripts_that_are_there_are_run_without_watching(tmp_path: Path) -> None:
    view = own(tmp_path)
    assert run_own_checks(view, str(tmp_path / "run.sh"), lambda _: None) == {"lint": False, "test": True}


def test_a_script_that_passed_before_and_fails_now_is_named(tmp_path: Path) -> None:
    refuse_regressions(tmp_path, {"lint": False, "test": True}, {"lint": False, "test": True})
    with pytest.raises(PlatformError, match="Your own test passed before and fails now"):
        refuse_regressions(tmp_path, {"lint": False, "test": True}, {"lint": False, "test": False})
