"""Peak memory of an export at two sizes, from a real Prometheus: it must not follow the number of samples.

    python tests/benchmarks/export_memory.py

Small: 100 series for a day; large: 400 series for two days; a sample every 15 s (0.6 and 4.6 million samples).
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e" / "sla"))

from history_files import make_blocks, serving

COMMAND = Path(sys.executable).with_name("platformctl")
START, DAY, STEP = 1_772_323_200, 86_400, 15
SIZES = {"small": (100, 1), "large": (400, 2)}


def write(path: Path) -> None:
    with path.open("w") as out:
        for name, (series, days) in SIZES.items():
            for number in range(series):
                labels = f'{{series="{number}",host="host-{number % 7}"}}'
                out.writelines(
                    f"bench_{name}_total{labels} {at * number}.5 {START + at}\n"
                    for at in range(0, days * DAY, STEP)
                )
        out.write("# EOF\n")


def measure(url: str, name: str, ending: str, folder: Path) -> tuple[int, float, int]:
    """(rows, seconds of CPU, peak kB) of one export, as the kernel counted them."""
    out = folder / f"{name}.{ending}"
    process = subprocess.Popen(
        [COMMAND, "export", "metrics", f"bench_{name}_total", "--start", "2026-03-01", "--end", "2026-03-04",
         "--prometheus", url, "-o", out],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    series, days = SIZES[name]
    return series * days * DAY // STEP, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.monotonic()
        write(folder / "bench.om")
        make_blocks(folder / "bench.om", folder / "data")
        print(f"backfilled in {time.monotonic() - begin:.0f} s")
        with serving(folder / "data") as url:
            for ending in ("csv", "jsonl", "parquet"):
                peaks = []
                for size in SIZES:
                    rows, cpu, peak = measure(url, size, ending, folder)
                    peaks.append(peak)
                    print(f"{ending:8} {rows:>10,} rows {cpu:6.1f} s of CPU  peak {peak / 1024:6.1f} MB")
                print(f"{'':8} peak large / small: {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
