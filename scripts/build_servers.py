"""Build servers that neither Debian nor PyPI carries, for the tests that need the real ones.

    python scripts/build_servers.py [prometheus] [promtool] [prom-label-proxy] [minio] [thanos] [mimir]

Each comes from its published Go module, which the Go tool fetches and verifies against the checksum database. The
binaries are kept in ~/.cache/platformctl/bin, and built once for each pinned version. Debian has a Prometheus 2.42:
what is built here is the 3.x that the containers run. MinIO, Thanos and Mimir take long and serve a few tests of
`make test-full` only: they are built when named.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from go_builds import Recipe, fetch, go, provide


@dataclass(frozen=True, slots=True)
class Program:
    """A command of a module, from one pinned version."""

    module: str
    version: str
    package: str
    tags: str = ""
    stamp: str = ""


_PROMETHEUS: Final = "github.com/prometheus/prometheus"
_PROXY: Final = "github.com/prometheus-community/prom-label-proxy"
# It casts labels to a layout that Prometheus' code has with this tag only, and falls over without it.
_THANOS: Final = Program("github.com/thanos-io/thanos", "v0.42.4", "./cmd/thanos", tags="slicelabels")
# The proxy names Mimir's releases 2.x and 3.x by their commits only.
_MIMIR: Final = Program("github.com/grafana/mimir", "v1.3.1-0.20260423142704-aced80d74930", "./cmd/mimir")
# v0.313.5 of the module is the release 3.13.5. Only what is configured by hand is needed: no cloud's discovery.
_VERSION: Final = ("v0.313.5", "remove_all_sd", "github.com/prometheus/common/version.Version=3.13.5")


def _prometheus(package: str) -> Program:
    version, tags, stamp = _VERSION
    return Program(_PROMETHEUS, version, package, tags, stamp)


PROGRAMS: Final = {
    "prometheus": ("prometheus3", _prometheus("./cmd/prometheus")),
    "promtool": ("promtool3", _prometheus("./cmd/promtool")),
    "prom-label-proxy": ("prom-label-proxy", Program(_PROXY, "v0.11.1", ".")),
    "minio": ("minio", Program("github.com/minio/minio", "v0.0.0-20260212201848-7aac2a2c5b7c", ".")),
    "thanos": ("thanos", _THANOS),
    "mimir": ("mimir", _MIMIR),
}
USUAL: Final = ("prometheus", "promtool", "prom-label-proxy")


def _build(program: Program, target: Path) -> None:
    stamp = f" -X {program.stamp}" if program.stamp else ""
    go("build", "-p=1", "-trimpath", f"-tags=netgo,{program.tags}".rstrip(","), f"-ldflags=-s -w{stamp}",
       "-o", str(target), program.package, cwd=fetch(program.module, program.version))  # fmt: skip


if __name__ == "__main__":
    recipes = {
        name: Recipe(file, program.version, partial(_build, program))
        for name, (file, program) in PROGRAMS.items()
    }
    sys.exit(provide(sys.argv[1:] or list(USUAL), recipes))
