"""An environment that holds what some requirements name and nothing else, linked from the tests' own."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


def environment_of(requirements: Iterable[str], folder: Path) -> Path:
    """Its interpreter. Linked, not installed: no network, and the bytecode is there already."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    version = sysconfig.get_python_version()
    site = folder / f"lib/python{version}/site-packages"
    for found in closure(map(Requirement, requirements)):
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            link = site / name
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(name))))
    return folder / "bin/python"


def closure(wanted: Iterable[Requirement]) -> Iterable[Distribution]:
    """The distributions that the requirements need, each once."""
    waiting, found, seen = list(wanted), {}, set()
    while waiting:
        one = waiting.pop()
        if (place := (one.name.lower(), *sorted(one.extras))) in seen:
            continue
        seen.add(place)
        found[one.name.lower()] = distribution(one.name)
        for text in found[one.name.lower()].requires or ():
            needed = Requirement(text)
            chosen = [{"extra": extra} for extra in one.extras or {""}]
            if needed.marker is None or any(needed.marker.evaluate(extra) for extra in chosen):
                waiting.append(needed)
    return found.values()
