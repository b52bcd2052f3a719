"""Which components this machine can run, and with which program."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.model.component import Component, Native
from platformctl.model.site import Skipped
from platformctl.render.units import start_order
from platformctl.sinks.native.accounts import find_account, is_root

_NO_PACKAGE: Final = "put it on PATH, or: platformctl deploy --runtime compose"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The components that can run, with their programs, and those that cannot."""

    programs: dict[str, str]
    skipped: tuple[Skipped, ...]


def discover(components: Iterable[Component]) -> Found:
    """Look for the program of every component; one that needs an absent one is absent, too."""
    programs: dict[str, str] = {}
    skipped = []
    for component in start_order(components):
        found = _look_for(component, programs)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            programs[component.name] = found
    return Found(programs=programs, skipped=tuple(skipped))


def _look_for(component: Component, programs: dict[str, str]) -> str | Skipped:
    """The path of the program, or why there is none."""
    native = component.native
    if native is None:
        return Skipped(
            component=component.name,
            reason="runs in containers only",
            fix="platformctl deploy --runtime compose",
        )
    if lacking := [need for need in component.needs if need not in programs]:
        reason = f"needs {' and '.join(lacking)}, which {'does' if len(lacking) == 1 else 'do'} not run here"
        return Skipped(component=component.name, reason=reason)
    if native.unprivileged_user and is_root() and find_account(native.unprivileged_user) is None:
        return Skipped(
            component=component.name,
            reason=f"cannot run as root, and there is no account {native.unprivileged_user!r}",
            fix=f"apt-get install {native.package}",
        )
    return _python(component, native) if native.modules else _binary(component, native)


def _python(component: Component, native: Native) -> str | Skipped:
    missing = [module for module in native.modules if not _is_importable(module)]
    if not missing:
        return sys.executable
    return Skipped(
        component=component.name,
        reason=f"the Python modules are not installed: {', '.join(missing)}",
        fix=f"pip install '{native.package or 'platformctl[demo]'}'",
    )


def _binary(component: Component, native: Native) -> str | Skipped:
    for name in native.binaries:
        path = shutil.which(name) or _came_as_wheel(name)
        path = path or next(filter(None, (_newest(folders, name) for folders in native.search)), None)
        if path:
            return path
    return Skipped(
        component=component.name,
        reason=f"no {' or '.join(native.binaries)} found",
        fix=f"apt-get install {native.package}" if native.package else _NO_PACKAGE,
    )


def _came_as_wheel(name: str) -> str | None:
    """The program beside our interpreter, though nobody has activated its environment."""
    return shutil.which(name, path=str(Path(sys.executable).parent))


def _newest(pattern: str, name: str) -> str | None:
    """The program in the folder that sorts last by version among those that match."""
    absolute = str(Path(pattern).expanduser()).lstrip("/")
    folders = sorted(map(str, Path("/").glob(absolute)), key=_version_key, reverse=True)
    return next(filter(None, (shutil.which(name, path=folder) for folder in folders)), None)


def _version_key(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def _is_importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
