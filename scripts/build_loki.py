"""Build Loki and Promtail from their published Go module, for the tests that need the real servers.

    python scripts/build_loki.py [loki] [promtail]

Neither Debian nor PyPI carries them. The module is fetched by the Go tool (which verifies it against
the checksum database), copied to a scratch folder and built as an ordinary program; the binaries are
kept in ~/.cache/platformctl/bin and built once for each pinned version. Promtail left the module after
3.6, so it comes from the last 3.6.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULE: Final = "github.com/grafana/loki/v3"


@dataclass(frozen=True, slots=True)
class Program:
    """A command of the module, from one pinned version."""

    version: str
    package: str


PROGRAMS: Final = {
    "loki": Program("v3.7.8", "./cmd/loki"),
    "promtail": Program("v3.6.15", "./clients/cmd/promtail"),
}
# A nested module that the published zip does not contain: taken from the proxy instead, as go.mod requires it.
NESTED: Final = "github.com/grafana/loki/pkg/push"


def main(names: list[str]) -> int:
    """Build what is missing; print the path of each binary."""
    unknown = set(names) - PROGRAMS.keys()
    if unknown:
        print(f"no such program: {min(unknown)}; there are: {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    if shutil.which("go") is None:
        print("go is not installed: https://go.dev/dl", file=sys.stderr)
        return 1
    for name in names or PROGRAMS:
        print(_provide(name, PROGRAMS[name], cache_folder()))
    return 0


def _provide(name: str, program: Program, cache: Path) -> Path:
    """The binary, built unless it is there."""
    binary = cache / f"{name}-{program.version}"
    if not binary.exists():
        print(f"building {name} {program.version} (some minutes)", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix=f"build-{name}-") as scratch:
            _build(program, Path(scratch) / name, binary)
    return link(binary, name)


def _build(program: Program, folder: Path, binary: Path) -> None:
    writable_copy(fetch(MODULE, program.version), folder)
    go("mod", "edit", f"-dropreplace={NESTED}", cwd=folder)
    unfinished = binary.with_name(f".{binary.name}")
    stamp = f"-X {MODULE}/pkg/util/build.Version={program.version.removeprefix('v')}"
    go("build", "-mod=mod", "-p=1", "-trimpath", "-tags=netgo", f"-ldflags=-s -w {stamp}",
        "-o", str(unfinished), program.package, cwd=folder)  # fmt: skip
    unfinished.rename(binary)


def fetch(module: str, version: str) -> Path:
    """The module's folder in Go's cache; the Go tool verifies it."""
    answer = go("mod", "download", "-json", f"{module}@{version}", cwd=Path.home())
    return Path(json.loads(answer)["Dir"])


def cache_folder() -> Path:
    """Where binaries are kept; the tests, `check` and `deploy` look there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "platformctl" / "bin"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def writable_copy(source: Path, folder: Path) -> None:
    """A module's files where they may be changed: the module cache is read-only."""
    shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def link(binary: Path, name: str) -> Path:
    """The name without a version, which the tests know, pointing at the pinned binary."""
    found = binary.with_name(name)
    found.unlink(missing_ok=True)
    found.symlink_to(binary.name)
    return found


def go(*arguments: str, cwd: Path) -> str:
    """Run the Go tool at low priority, without cgo, and return what it printed."""
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
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
