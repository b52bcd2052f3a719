"""What the test framework costs the application: `next build` without and with it, in turns.

    python tests/benchmarks/scaffold_build.py [ROUNDS]

Prints the machine, the median of each side and their ratio. Needs Node and the packages of the sample.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from e2e.scaffold.harness import SAMPLE, SampleApp, lay_sample, link_packages


def build_s(app: SampleApp) -> float:
    """Wall time of one cold build."""
    shutil.rmtree(app.root / ".next", ignore_errors=True)
    start = time.perf_counter()
    app.build()
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Build both sides in turns and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        after = lay_sample(Path(folder) / "after")
        before = SampleApp(root=Path(shutil.copytree(SAMPLE, Path(folder) / "before")))
        link_packages(after.root / "node_modules", before.root)
        times: dict[str, list[float]] = {"without": [], "with": []}
        for number in range(rounds):
            sides = [("without", before), ("with", after)]
            for name, app in sides if number % 2 == 0 else reversed(sides):
                times[name].append(build_s(app))
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {rounds} rounds in turns"
    )
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, values in times.items():
        print(f"{name:8} median {medians[name]:.2f} s   ({', '.join(f'{value:.2f}' for value in values)})")
    print(f"ratio    {medians['with'] / medians['without']:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
