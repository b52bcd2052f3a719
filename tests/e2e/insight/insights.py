"""`platformctl insight` against two weeks of known truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.in_process import run_here
from support.schemas import valid
from support.workspace import Ran

TIERS = """
tiers:
  - name: bronze
    rank: 1
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.99", window: 30d}
  - name: gold
    rank: 2
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.999", window: 30d}
      - {sli: latency, target: "0.99", window: 30d, latency_threshold: 500ms}
"""
HOURS = 168


@dataclass(frozen=True)
class Insights:
    """The command against the two weeks."""

    folder: Path
    url: str

    @cache  # noqa: B019 - as long as the module
    def run(self, *arguments: str) -> Ran:
        ran = run_here(self.folder, "insight", *arguments, "-p", "2026-W46", "--prometheus", self.url)
        assert ran.code == 0, ran.stdout + ran.stderr
        return ran

    def told(self, *arguments: str) -> dict:
        return valid("insight", self.run(*arguments, "--json").json)
