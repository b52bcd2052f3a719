"""Build Loki and Promtail from their published Go module, for the tests that need the real servers.

    python scripts/build_loki.py [loki] [promtail]

Neither Debian nor PyPI carries them. The module is fetched by the Go tool (which verifies it against
the checksum database), copied to a scratch folder and built as an ordinary program; the binaries are
kept in ~/.cache/platformctl/bin and built once for each pinned version. Promtail left the module
after 3.6, so both come from the last 3.6.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

MODULE: Final = "github.com/grafana/loki/v3"
VERSION: Final = "v3.6.15"
PACKAGES: Final = {"loki": "./cmd/loki", "promtail": "./clients/cmd/promtail"}
# A nested module that the published zip does not contain: taken from the proxy instead, as go.mod requires it.
NESTED: Final = "github.com/grafana/loki/pkg/push"
LDFLAGS: Final = f"-s -w -X {MODULE}/pkg/util/build.Version={VERSION.removeprefix('v')}"


def main(names: list[str]) -> int:
    """Build what is missing; print the path of each binary."""
    unknown = set(names) - PACKAGES.keys()
    if unknown:
        print(f"no such program: {min(unknown)}; there are: {', '.join(PACKAGES)}", file=sys.stderr)
        return 2
    if shutil.which("go") is None:
        print("go is not installed: https://go.dev/dl", file=sys.stderr)
        return 1
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "platformctl" / "bin"
    missing = [name for name in names or PACKAGES if not (cache / f"{name}-{VERSION}").exists()]
    if missing:
        with tempfile.TemporaryDirectory(prefix="build-loki-") as scratch:
            _build(missing, Path(scratch) / "loki", cache)
    for name in names or PACKAGES:
        print(_link(cache, name))
    return 0


def _build(names: list[str], folder: Path, cache: Path) -> None:
    shutil.copytree(_fetch(), folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    _go("mod", "edit", f"-dropreplace={NESTED}", cwd=folder)
    cache.mkdir(parents=True, exist_ok=True)
    for name in names:
        print(f"building {name} {VERSION} (some minutes)", file=sys.stderr)
        unfinished = cache / f".{name}-{VERSION}"
        _go("build", "-mod=mod", "-p=1", "-trimpath", "-tags=netgo", f"-ldflags={LDFLAGS}",
            "-o", str(unfinished), PACKAGES[name], cwd=folder)  # fmt: skip
        unfinished.rename(cache / f"{name}-{VERSION}")


def _fetch() -> Path:
    answer = _go("mod", "download", "-json", f"{MODULE}@{VERSION}", cwd=Path.home())
    return Path(json.loads(answer)["Dir"])


def _go(*arguments: str, cwd: Path) -> str:
    """Run the Go tool at low priority, without cgo, and return what it printed."""
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "auto"}
    done = subprocess.run(
        ["nice", "-n", "15", "go", *arguments], cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _link(cache: Path, name: str) -> Path:
    """The name without a version, which the tests and PATH know, points at the pinned one."""
    link = cache / name
    link.unlink(missing_ok=True)
    link.symlink_to(f"{name}-{VERSION}")
    return link


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
