"""Build Loki and Promtail from their published Go module, for the tests that need the real servers.

    python scripts/build_loki.py [loki] [promtail]

Neither Debian nor PyPI carries them. The module is fetched by the Go tool (which verifies it against
the checksum database), copied to a scratch folder and built as an ordinary program; the binaries are
kept in ~/.cache/platformctl/bin and built once for each pinned version. Promtail left the module after
3.6, so it comes from the last 3.6.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from go_builds import Recipe, fetch, go, provide, writable_copy

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


def _build(program: Program, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="build-loki-") as scratch:
        folder = Path(scratch) / "module"
        writable_copy(fetch(MODULE, program.version), folder)
        go("mod", "edit", f"-dropreplace={NESTED}", cwd=folder)
        stamp = f"-X {MODULE}/pkg/util/build.Version={program.version.removeprefix('v')}"
        go("build", "-mod=mod", "-p=1", "-trimpath", "-tags=netgo", f"-ldflags=-s -w {stamp}",
           "-o", str(target), program.package, cwd=folder)  # fmt: skip


if __name__ == "__main__":
    recipes = {
        name: Recipe(name, program.version, partial(_build, program)) for name, program in PROGRAMS.items()
    }
    sys.exit(provide(sys.argv[1:], recipes))
