"""A real Prometheus that scrapes itself twice, once under a hostile name; shared by the tests of this folder."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.servers import free_port

PATIENCE_S = 60.0
CONFIG = """\
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: <script>alert(1)</script>, static_configs: [{targets: ["%(address)s"]}]}
  - {job_name: second, static_configs: [{targets: ["%(address)s"]}]}
"""


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed (apt-get install prometheus)")
    folder = tmp_path_factory.mktemp("prometheus")
    address = f"127.0.0.1:{free_port()}"
    (folder / "prometheus.yml").write_text(CONFIG % {"address": address})
    arguments = (
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address={address}",
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *arguments], cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for_samples(address, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait_for_samples(address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    query = urllib.parse.urlencode({"query": "count_over_time(up[1m]) > 3"})
    while True:
        try:
            with urllib.request.urlopen(f"http://{address}/api/v1/query?{query}", timeout=5) as answer:
                if b"second" in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        if time.monotonic() > deadline:
            pytest.fail(f"Prometheus has no samples: {log.read_text()[-2000:]}")
        time.sleep(0.25)
