"""Build servers that neither Debian nor PyPI carries, for the tests that need the real ones.

    python scripts/build_servers.py [prometheus] [promtool] [prom-label-proxy]

Each comes from its published Go module, which the Go tool fetches and verifies against the checksum database. The
binaries are kept in ~/.cache/platformctl/bin, and built once for each pinned version. Debian has a Prometheus 2.42:
what is built here is the 3.x that the containers run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Program:
    """A command of a module, from one pinned version; named: how its binary is called in the cache."""

    module: str
    version: str
    package: str
    named: str
    tags: str = ""
    stamp: str = ""


_PROMETHEUS: Final = "github.com/prometheus/prometheus"
_VERSION: Final = "github.com/prometheus/common/version.Version"
PROGRAMS: Final = {
    # v0.313.5 of the module is the release 3.13.5. Only what is configured by hand is needed: no cloud's discovery.
    "prometheus": Program(
        _PROMETHEUS, "v0.313.5", "./cmd/prometheus", "prometheus3", "remove_all_sd", f"{_VERSION}=3.13.5"
    ),
    "promtool": Program(
        _PROMETHEUS, "v0.313.5", "./cmd/promtool", "promtool3", "remove_all_sd", f"{_VERSION}=3.13.5"
    ),
    "prom-label-proxy": Program(
        "github.com/prometheus-community/prom-label-proxy", "v0.11.1", ".", "prom-label-proxy"
    ),
}


def main(names: list[str]) -> int:
    """Build what is missing; print the path of each binary."""
    unknown = set(names) - PROGRAMS.keys()
    if unknown:
        print(f"no such program: {min(unknown)}; there are: {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    if shutil.which("go") is None:
        print("go is not installed: https://go.dev/dl", file=sys.stderr)
        return 1
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "platformctl" / "bin"
    cache.mkdir(parents=True, exist_ok=True)
    for name in names or PROGRAMS:
        print(_provide(PROGRAMS[name], cache))
    return 0


def _provide(program: Program, cache: Path) -> Path:
    """The name without a version, which the tests know, points at the pinned binary."""
    binary = cache / f"{program.named}-{program.version}"
    if not binary.exists():
        print(f"building {program.named} {program.version} (some minutes)", file=sys.stderr)
        _build(program, binary)
    link = cache / program.named
    link.unlink(missing_ok=True)
    link.symlink_to(binary.name)
    return link


def _build(program: Program, binary: Path) -> None:
    answer = _go("mod", "download", "-json", f"{program.module}@{program.version}", cwd=Path.home())
    folder = Path(json.loads(answer)["Dir"])
    unfinished = binary.with_name(f".{binary.name}")
    stamp = f" -X {program.stamp}" if program.stamp else ""
    _go("build", "-p=1", "-trimpath", f"-tags=netgo,{program.tags}".rstrip(","), f"-ldflags=-s -w{stamp}",
        "-o", str(unfinished), program.package, cwd=folder)  # fmt: skip
    unfinished.rename(binary)


def _go(*arguments: str, cwd: Path) -> str:
    """Run the Go tool at low priority, without cgo, and return what it printed."""
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}
    done = subprocess.run(
        ["nice", "-n", "15", "go", *arguments],
        cwd=cwd,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
