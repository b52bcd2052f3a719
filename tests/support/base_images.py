"""Stand-ins for the images that ours are built from: enough of them for our own Dockerfiles to be built and run.

What would fetch something is a script that does nothing: the packages are in the image already, as this machine's
environment has them.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.engine import StandIn

_NOTHING: Final = "#!/bin/sh\nexit 0\n"
_TOOLS: Final = {name: name for name in ("/bin/sh", "/usr/bin/install", "/usr/bin/cp")}
_COMPOSE: Final = Path(__file__).parents[2] / "compose"


def base_images() -> tuple[StandIn, ...]:
    """One for each base that a Dockerfile of ours names."""
    return (_python(), _caddy())


def _python() -> StandIn:
    """The Python that runs the tests, with the packages that our images install."""
    return python_image(_required())


def python_image(packages: Iterable[str], *, folders: tuple[str, ...] = (), **texts: str) -> StandIn:
    """That Python with some of its packages; folders: others that modules are looked for in. texts: commands."""
    python = Path(sys.executable).resolve()
    parts = {path for name in packages for path in _parts(name)}
    (site,) = {str(path.parent) for path in parts}
    return StandIn(
        image=_base("edge"),
        programs={**_TOOLS, "/usr/bin/python": str(python)},
        trees=(*_standard_library(), *sorted(map(str, parts)), *_outermost(folders)),
        texts={
            "/usr/bin/pip": _NOTHING,
            "/usr/sbin/useradd": _NOTHING,
            f"{_site_packages(python)}/packages.pth": "".join(f"{path}\n" for path in (site, *folders)),
            **{f"/usr/bin/{name}": text for name, text in texts.items()},
        },
    )


def _outermost(folders: tuple[str, ...]) -> Iterator[str]:
    """Those that lie in no other."""
    for folder in folders:
        if not any(other != folder and Path(folder).is_relative_to(other) for other in folders):
            yield folder


def needed_by(package: str) -> set[str]:
    """The packages that a package needs here, those that they need, and so on; extras are left out."""
    found: set[str] = set()
    wanted = [package]
    while wanted:
        for line in distribution(wanted.pop()).requires or ():
            needed = Requirement(line)
            name = canonicalize_name(needed.name)
            if name not in found and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
                found.add(name)
                wanted.append(name)
    return found


def _standard_library() -> Iterator[str]:
    """All of it but the tests."""
    for path in sorted(Path(sysconfig.get_path("stdlib")).iterdir()):
        if path.name not in ("test", "site-packages", "dist-packages", "__pycache__"):
            yield str(path)


def _site_packages(python: Path) -> str:
    """Where that interpreter, outside any environment, looks for packages."""
    asked = [str(python), "-c", "import site; print(site.getsitepackages()[0])"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _required() -> set[str]:
    """What the images install, and what an older Python than theirs needs for it."""
    names = {
        line.partition("==")[0]
        for path in _COMPOSE.glob("*/requirements.txt")
        for line in path.read_text().splitlines()
        if not line.startswith("#")
    }
    return names | ({"async-timeout"} if find_spec("async_timeout") else set())


def _caddy() -> StandIn:
    program = str(Path(sys.executable).parent / "caddy")
    return StandIn(
        image=_base("gateway"),
        programs={
            **_TOOLS,
            "/usr/bin/caddy": program,
            "/bin/wget": "/usr/bin/wget",
        },  # alpine has busybox for that
        texts={"/usr/sbin/adduser": _NOTHING},
        open_folders=("/etc/caddy", "/usr/local/bin"),
    )


def _base(folder: str) -> str:
    first = (_COMPOSE / folder / "Dockerfile").read_text().splitlines()[0]
    return first.removeprefix("FROM ")


def _parts(package: str) -> set[Path]:
    """The folders and modules of an installed package."""
    found = distribution(package)
    tops = {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}
    return {Path(str(found.locate_file(top))) for top in tops}
