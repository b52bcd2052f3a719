"""The command in the test's own process: a second of CPU less than a new one takes."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

from support.workspace import Ran

from platformctl_cli.main import main


def run_here(folder: Path, *arguments: str) -> Ran:
    """What ``platformctl`` says and how it ends, called in that folder."""
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["platformctl", *arguments]
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = before
    return Ran(out.getvalue(), err.getvalue(), code)
