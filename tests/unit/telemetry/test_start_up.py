"""The catalogue is pure data: reading it costs nothing and needs none of the extras."""

from __future__ import annotations

import subprocess
import sys


def test_the_catalogue_loads_no_third_party_module() -> None:
    code = (
        "import sys; before = set(sys.modules); import platform_telemetry.contract; "
        "new = {n.partition('.')[0] for n in set(sys.modules) - before}; "
        "print(' '.join(sorted(new - set(sys.stdlib_module_names))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["platform_telemetry"]
