"""How rendering scales with tenants: the same files and rules for 10 and for 10,000 tenants.

python tests/benchmarks/generate_scale.py
"""

from __future__ import annotations

import os
import platform as machine
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from platformctl.sources.workspace import CONTENT_FOLDERS, built_in_content

VERTICALS = ("hotels", "cinemas", "gyms", "b2b", "retail")
ROUNDS = 5


def lay(folder: Path, tenants: int) -> None:
    """A copy of the built-in workspace with so many tenants."""
    for name in CONTENT_FOLDERS:
        shutil.copytree(built_in_content() / name, folder / name)
    tiers = [
        line.split()[-1] for line in (folder / "slas/tiers.yml").read_text().splitlines() if "- name:" in line
    ]
    lines = ["tenants:"]
    for index in range(tenants):
        vertical, tier = VERTICALS[index % len(VERTICALS)], tiers[index % len(tiers)]
        lines.append(
            f"  - {{id: tenant-{index:05d}, name: Tenant {index}, vertical: {vertical}, tier: {tier}}}"
        )
    (folder / "slas/tenants.yml").write_text("\n".join(lines) + "\n")


def generate(folder: Path) -> float:
    """Wall seconds of one `platformctl generate`."""
    command = [str(Path(sys.executable).with_name("platformctl")), "generate", "-w", str(folder), "--out"]
    started = time.perf_counter()
    subprocess.run([*command, str(folder / "release")], check=True, capture_output=True)
    return time.perf_counter() - started


def tree(folder: Path) -> dict[str, bytes]:
    """The release's files by path."""
    root = folder / "release"
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def main() -> None:
    """Interleaved rounds; medians and the ratio."""
    print(
        f"machine: {machine.system()} {machine.machine()}, {os.cpu_count()} CPUs, Python {machine.python_version()}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folders = {count: Path(scratch) / str(count) for count in (10, 10_000)}
        for count, folder in folders.items():
            lay(folder, count)
            generate(folder)
        times: dict[int, list[float]] = {count: [] for count in folders}
        for _ in range(ROUNDS):
            for count, folder in folders.items():
                times[count].append(generate(folder))
        few, many = (tree(folders[count]) for count in (10, 10_000))
    for count, seconds in times.items():
        print(f"{count:>6} tenants: median {statistics.median(seconds):.2f} s of {ROUNDS} runs")
    differing = {path for path in few.keys() | many.keys() if few.get(path) != many.get(path)}
    print(
        f"the same set of files: {few.keys() == many.keys()} ({len(few)} and {len(many)}); of another content:"
    )
    for path in sorted(differing):
        print(f"  {path}: {len(few.get(path, b''))} and {len(many.get(path, b''))} bytes")
    rules = [path for path in few if path.startswith("prometheus/")]
    print(
        f"rule and configuration files of Prometheus that are identical: "
        f"{sum(few[path] == many[path] for path in rules)} of {len(rules)}"
    )


if __name__ == "__main__":
    main()
