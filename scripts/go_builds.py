"""What the scripts share that build servers from their published Go modules, once for each pinned version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Recipe:
    """A program, as the tests know it, its pinned version, and how it is built into a file."""

    name: str
    version: str
    build: Callable[[Path], None]


def provide(names: list[str], recipes: Mapping[str, Recipe]) -> int:
    """Build what is missing, print the path of each binary; the exit code."""
    unknown = set(names) - recipes.keys()
    if unknown:
        print(f"no such program: {min(unknown)}; there are: {', '.join(recipes)}", file=sys.stderr)
        return 2
    if shutil.which("go") is None:
        print("go is not installed: https://go.dev/dl", file=sys.stderr)
        return 1
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "platformctl" / "bin"
    cache.mkdir(parents=True, exist_ok=True)
    for name in names or recipes:
        print(_provide(recipes[name], cache))
    return 0


def _provide(recipe: Recipe, cache: Path) -> Path:
    """The name without a version, which the tests know, points at the pinned binary."""
    binary = cache / f"{recipe.name}-{recipe.version}"
    if not binary.exists():
        print(f"building {recipe.name} {recipe.version} (some minutes)", file=sys.stderr)
        unfinished = binary.with_name(f".{binary.name}")
        recipe.build(unfinished)
        unfinished.rename(binary)
    link = cache / recipe.name
    link.unlink(missing_ok=True)
    link.symlink_to(binary.name)
    return link


def fetch(module: str, version: str) -> Path:
    """The folder of a module in Go's cache, which is read-only."""
    answer = go("mod", "download", "-json", f"{module}@{version}", cwd=Path.home())
    return Path(json.loads(answer)["Dir"])


def writable_copy(source: Path, folder: Path) -> None:
    """A module's files where they may be changed."""
    shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def go(*arguments: str, cwd: Path) -> str:
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
