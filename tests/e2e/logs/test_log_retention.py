"""What is kept for how long, on a real Loki with the shortest times it knows: by tier, and by stream."""

from __future__ import annotations

import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.logs.conftest import NS, Stack, hurry
from support.watch import Inbox, Running, lay, site_for, until

from platformctl.model.log_limits import StreamRetention
from platformctl.model.units import days
from platformctl.sinks.native.discovery import discover
from platformctl.sources.definitions import load_platform

pytestmark = [pytest.mark.e2e, pytest.mark.full]  # Loki deletes once a minute
ROOT = Path(__file__).resolve().parents[3]
HOUR_NS = 3600 * NS
STREAMS = 4


def test_lines_are_kept_as_long_as_their_tenants_tier_or_their_stream_says(tmp_path: Path) -> None:
    loki = _started(tmp_path)
    now = time.time_ns()
    try:
        _push(loki, now - 30 * HOUR_NS)
        old = _flushed(loki)
        _push(loki, now - HOUR_NS)
        _flushed(loki)
        loki.processes["loki"].end()  # a restart ships the index of what was flushed
        loki.processes["loki"].begin()
        until(lambda: _tenants(old & _chunks(loki)) == ["grand-hotel"] or None, "old chunks to be deleted")
    finally:
        loki.processes["loki"].end()


def _push(stack: Stack, time_ns: int) -> None:
    for tenant in ("pop-up-shop", "grand-hotel"):  # trial: a day; platinum: half a year
        for level in ("info", "debug"):
            labels = {"tenant": tenant, "service": "api", "level": level, "environment": "production"}
            stack.push(tenant, labels, (time_ns, f"{tenant} {level}"))


def _flushed(stack: Stack) -> set[Path]:
    """The chunks that are new on the disk once Loki has written what it held: one of each stream."""
    before = _chunks(stack)
    request = urllib.request.Request(f"{stack.url}/flush", method="POST")
    urllib.request.urlopen(request, timeout=30).close()
    until(lambda: len(_chunks(stack) - before) == STREAMS or None, "a chunk of each stream on disk")
    return _chunks(stack) - before


def _chunks(stack: Stack) -> set[Path]:
    """A chunk goes as a whole, once its newest line is old enough."""
    folder = stack.folder / "data" / "loki" / "chunks"
    return {path for tenant in ("grand-hotel", "pop-up-shop") for path in (folder / tenant).glob("*/*")}


def _tenants(chunks: set[Path]) -> list[str]:
    return [path.parts[-3] for path in chunks]


def _started(folder: Path) -> Stack:
    own = load_platform(ROOT)
    component = next(component for component in own.components if component.name == "loki")
    if "loki" not in discover((component,)).programs:
        pytest.skip("no loki on this machine (python scripts/build_loki.py)")
    pipeline = own.log_pipelines[0]
    limits = dict(pipeline.tier_limits)
    limits["trial"] = replace(limits["trial"], keep=days(1))
    short = replace(
        pipeline,
        tier_limits=limits,
        stream_retention=(StreamRetention(labels={"level": "debug"}, keep=days(1), priority=2),),
    )
    platform = replace(own, components=(component,), areas=(), log_areas=(), log_pipelines=(short,))
    site = site_for(platform, secrets=())
    lay(platform, site, folder)
    hurry(folder / "current" / "loki" / "loki.yml")
    (folder / "data" / "loki").mkdir(parents=True)
    process = Running(component, site, folder)
    process.begin()
    return Stack(folder=folder, platform=platform, site=site, pages=Inbox(), processes={"loki": process})
