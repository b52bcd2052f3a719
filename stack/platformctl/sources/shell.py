"""What the shell says of commands before anybody runs them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Final, TypeAlias

Which: TypeAlias = Callable[[str], str | None]
_TIMEOUT_S: Final = 10


def shell_refusal(script: str, *, which: Which = shutil.which) -> str | None:
    """Why bash cannot parse the script, None where it can; runs nothing. Raises `FileNotFoundError` without a bash."""
    program = which("bash")
    if program is None:
        raise FileNotFoundError("bash")
    done = subprocess.run(
        [program, "-n"], input=script, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    return None if done.returncode == 0 else done.stderr.strip()
