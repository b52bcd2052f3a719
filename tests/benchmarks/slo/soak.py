"""A healthy platform under traffic, for as long as asked: no page may come, and no ticket.

What is watched is what `platformctl deploy` brings up on this machine, in a workspace of its own on free ports,
with the demo's traffic through the gateway; the rules, routes and waits are this platform's own. Pages and tickets
go to an inbox. Alerts about the machine (CPU, memory, disk) are told but fail nothing as long as they do not page:
others may be at work on it.

    python tests/benchmarks/slo/soak.py --minutes 60        (make soak)
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.engine import record_free_ports
from support.watch import Inbox, get_json, inbox
from support.workspace import Workspace

from platformctl.sources.definitions import load_platform

OF_THE_MACHINE = {"HostCpuSaturated", "HostMemorySaturated", "HostDiskSaturated", "HostDiskFullSoon"}
TEAMS = ("platform", "backend")
TARGET = 'PagerDutyTarget(routing_key_secret=f"pagerduty-{team.name}")'
EVERY_S = 5


def telling(workspace: Workspace, address: str) -> None:
    """Have pages and tickets go to the inbox at this address."""
    redirected = TARGET.replace(")", f', events_url=f"{address}/page-{{team.name}}")')
    workspace.edit("alerts_src/oncall.py", TARGET, redirected)
    secrets = workspace.folder / ".platformctl" / "secrets"
    secrets.mkdir(parents=True, mode=0o700)
    told = {f"pagerduty-{team}": "0123456789abcdef0123456789abcdef" for team in TEAMS}
    for name, text in (told | {"slack-webhook": f"{address}/slack"}).items():
        (secrets / name).write_text(text)
        (secrets / name).chmod(0o600)


@contextlib.contextmanager
def deployed(folder: Path, address: str) -> Iterator[Workspace]:
    """The built-in platform, running; down again with the block."""
    workspace = Workspace(folder / "workspace")
    Workspace(folder).run("init", "workspace")
    record_free_ports(workspace.folder / ".platformctl", load_platform(workspace.folder).components)
    telling(workspace, address)
    try:
        ran = workspace.run("deploy", "--yes", "--runtime", "native", timeout_s=600)
        if ran.code:
            sys.exit(ran.stdout + ran.stderr)
        yield workspace
    finally:
        workspace.run("down", "--volumes", "--yes")


def firing(alertmanager: str) -> dict[str, str]:
    """The severity of each alert that fires and tells somebody, with its summary."""
    found = cast("list[dict[str, dict[str, str]]]", get_json(f"{alertmanager}/api/v2/alerts?active=true"))
    return {
        a["labels"]["alertname"]: f"{a['labels']['severity']}: {a['annotations'].get('summary', '')}"
        for a in found
        if a["labels"]["severity"] not in ("info", "none")
    }


def requests(prometheus: str) -> float:
    """How many requests the edge has counted."""
    answer = get_json(f"{prometheus}/api/v1/query?query=sum(edge_requests_total)")
    result = cast("dict[str, dict[str, list[dict[str, list[str]]]]]", answer)["data"]["result"]
    return float(result[0]["value"][1]) if result else 0.0


def say(text: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.1f}: {text}", flush=True)


def watch(workspace: Workspace, far_end: Inbox, minutes: float) -> bool:
    """Tell what fires as it comes; whether the run was healthy."""
    alertmanager, prometheus = workspace.address("alertmanager"), workspace.address("prometheus")
    components = cast("list[dict[str, str]]", workspace.run("status", "--json").json["components"])
    watched = [c["name"] for c in components if c["state"] == "healthy"]
    say(f"watching {', '.join(watched)}; not here: {[c['name'] for c in components if c['state'] == 'skipped']}")
    seen: set[str] = set()
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        time.sleep(EVERY_S)
        now = firing(alertmanager)
        for alert in sorted(now.keys() - seen):
            say(f"{alert} {now[alert]}")
        seen |= now.keys()
    pages = [path for path, _ in far_end.messages if path.startswith("/page-")]
    tickets = len(far_end.messages) - len(pages)
    print(
        f"{minutes:g} minutes, {len(watched)} components, {requests(prometheus):.0f} requests at the edge:"
        f" {len(pages)} pages, {tickets} other messages, alerts {sorted(seen)}"
    )
    return not pages and seen <= OF_THE_MACHINE


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as name,
        inbox() as far_end,
        deployed(Path(name), far_end.address) as workspace,
    ):
        healthy = watch(workspace, far_end, chosen.minutes)
    sys.exit(0 if healthy else 1)


if __name__ == "__main__":
    main()
