"""`platformctl sla-report` in a workspace whose contracts go with the week of known truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.in_process import run_here
from support.workspace import Ran, Workspace

TENANTS = """
tenants:
  - {id: absent, name: Absent Inn, vertical: hotels, tier: gold}
  - {id: faulty, name: Faulty Towers, vertical: hotels, tier: gold}
  - {id: late, name: Late Comers, vertical: gyms, tier: trial}
  - {id: noisy, name: Noisy Neighbours, vertical: retail, tier: bronze}
  - {id: quiet, name: Quiet Quarters, vertical: hotels, tier: bronze}
  - {id: slow, name: Slow Food, vertical: retail, tier: platinum}
  - {id: steady, name: Steady State, vertical: cinemas, tier: gold}
  - {id: upgraded, name: "Upgrade <b>|Airlines", vertical: b2b, tier: silver}
"""
TIERS = """
tiers:
  - name: trial
    rank: 0
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.95", window: 30d}
  - name: bronze
    rank: 1
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.99", window: 30d}
  - name: silver
    rank: 2
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.995", window: 30d}
  - name: gold
    rank: 3
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.999", window: 30d}
  - name: platinum
    rank: 4
    requests_per_minute: 60
    objectives:
      - {sli: availability, target: "0.9995", window: 30d}
      - {sli: latency, target: "0.99", window: 30d, latency_threshold: 250ms}
"""
CREDITS = """
credits:
  - tiers: [gold, silver]
    basis: worse
    steps:
      - {below: "0.999", percent: "10"}
      - {below: "0.99", percent: "25"}
"""
THROTTLING = """
throttling:
  - {tiers: [platinum], counts_as: ours}
  - {tiers: [silver], counts_as: theirs}
"""
MAINTENANCE = """
exclusions:
  - id: database-upgrade
    start: "2026-10-25T02:00+02:00"
    end: "2026-10-25T03:00+01:00"
    reason: Upgrade of the database
    tenants: [upgraded]
  - id: second-window-in-the-same-time
    start: "2026-10-25T02:30+02:00"
    end: "2026-10-25T02:30+01:00"
    reason: A part of it, agreed again
    tenants: [upgraded, steady]
"""


@dataclass(frozen=True, eq=False)
class Reports:
    """The command against the week's Prometheus."""

    workspace: Workspace
    url: str

    def run(self, *arguments: str, period: str = "2026-W43", zone: str = "Europe/Berlin") -> Ran:
        """The report on a period, from the week's Prometheus."""
        return self.ask("--prometheus", self.url, "--period", period, "--zone", zone, *arguments)

    def ask(self, *arguments: str) -> Ran:
        """The command with nothing added."""
        return run_here(self.workspace.folder, "sla-report", *arguments)

    @cache  # noqa: B019 - as long as the session
    def told(self, *arguments: str, period: str = "2026-W43", zone: str = "Europe/Berlin") -> dict:
        """The report as `--json` prints it."""
        ran = self.run("--json", *arguments, period=period, zone=zone)
        assert ran.code == 0, ran.stdout + ran.stderr
        return ran.json

    def statements(self, *, period: str = "2026-W43", zone: str = "Europe/Berlin") -> dict[str, dict]:
        """What it says of each tenant."""
        return {s["tenant"]: s for s in self.told(period=period, zone=zone)["statements"]}


def laid(folder: Path, url: str) -> Reports:
    """A workspace whose contracts go with the week of known truth."""
    for name in ("alerts_src", "compose", "slas"):
        (folder / name).mkdir()
    for name, text in (
        ("tenants", TENANTS),
        ("tiers", TIERS),
        ("credits", CREDITS),
        ("maintenance", MAINTENANCE),
        ("throttling", THROTTLING),
    ):
        (folder / "slas" / f"{name}.yml").write_text(text)
    return Reports(Workspace(folder), url)
