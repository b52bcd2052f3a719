"""Loki as several processes over a bucket, on real ones: what a workspace gets that says so in `compose/loki.py`."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from e2e.logs.conftest import NS, REPOSITORY, Stack, hasty, hurried, hurry, last_hour
from support.object_storage import Bucket, bucket
from support.watch import Inbox, Running, inbox, lay, site_for, until

from platformctl.model.log_limits import StreamRetention
from platformctl.model.log_query import LogQuery
from platformctl.model.log_store import CREDENTIALS
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.units import days
from platformctl.sinks.native.discovery import discover
from platformctl.sources.definitions import load_platform

pytestmark = [pytest.mark.e2e, pytest.mark.full]  # seven servers, and Loki deletes once a minute
HOUR_NS: Final = 3600 * NS
WRITERS: Final = 3
TENANTS: Final = ("pop-up-shop", "nordwind")  # trial: a day here; the other: a month and more
LABELS: Final = {"service": "api", "level": "info", "environment": "production"}


@pytest.fixture(scope="module")
def loki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Three writers, a reader, a backend and the door to them, over a bucket; and an Alertmanager."""
    folder = tmp_path_factory.mktemp("store")
    with inbox() as pages, bucket(folder) as objects, ExitStack() as started:
        platform = _platform(folder / "workspace", objects, pages)
        site = site_for(platform, secrets=("pagerduty", CREDENTIALS))
        lay(platform, site, folder, ("loki",))
        (folder / site.secrets_folder / CREDENTIALS).write_text(objects.credentials)
        for name in (process.name for process in platform.log_store.processes):
            hurry(folder / "current" / "loki" / f"{name}.yml")
        processes = {component.name: Running(component, site, folder) for component in platform.components}
        for name, process in processes.items():
            (folder / "data" / name).mkdir(parents=True, exist_ok=True)
            process.begin()
            started.callback(process.end)
        yield Stack(folder=folder, platform=platform, site=site, pages=pages, processes=processes)


def test_lines_are_taken_and_answered_while_a_writer_is_away(loki: Stack) -> None:
    loki.processes["loki-write-2"].end()
    try:
        until(lambda: _pushed(loki, "lumiere", time.time_ns(), "seat sold"), "a line to be taken")
        until(lambda: [line.text for line in loki.lines("lumiere")] == ["seat sold"] or None, "the line")
    finally:
        loki.processes["loki-write-2"].begin()
    assert loki.lines("grand-hotel") == []


def test_a_rule_over_lines_reaches_the_pager(loki: Stack) -> None:
    labels = {**LABELS, "tenant": "harbour-inn", "level": "error"}
    now = time.time_ns()
    lines = [(now - n * 10**6, json.dumps({"event": "room not found", "n": n})) for n in range(30)]
    loki.push(OPERATORS, labels, *lines)
    until(lambda: "LogErrorSpike" in json.dumps(loki.pages.messages) or None, "the page")


def test_lines_outlive_every_disk_but_the_bucket_until_their_tier_lets_them_go(loki: Stack) -> None:
    _kept(loki, time.time_ns() - 30 * HOUR_NS, "old")
    _kept(loki, time.time_ns() - HOUR_NS // 2, "new")
    for process in reversed(_lokis(loki)):
        process.end()  # a writer that ends ships the index of what it has flushed
        shutil.rmtree(loki.folder / "data" / process.component.name)
    for process in _lokis(loki):
        (loki.folder / "data" / process.component.name).mkdir()
        process.begin()
    until(lambda: _texts(loki, "nordwind") == ["nordwind old", "nordwind new"] or None, "the lines of before")
    until(lambda: len(_objects(loki, "pop-up-shop")) == 1 or None, "the trial's old chunk to be gone")
    assert len(_objects(loki, "nordwind")) == 2


def _kept(stack: Stack, time_ns: int, age: str) -> None:
    """Have a chunk of each tenant in the bucket, which goes as a whole once its newest line is old enough."""
    before = {tenant: _objects(stack, tenant) for tenant in TENANTS}
    for tenant in TENANTS:
        assert _pushed(stack, tenant, time_ns, f"{tenant} {age}")
    for number in range(1, WRITERS + 1):
        _post(f"http://{stack.site.reach(f'loki-write-{number}', 'http')}/flush")
    until(
        lambda: all(_objects(stack, tenant) > before[tenant] for tenant in TENANTS) or None,
        f"{age} chunks in the bucket",
    )


def _lokis(stack: Stack) -> list[Running]:
    return [process for name, process in stack.processes.items() if name.startswith("loki")]


def _texts(stack: Stack, tenant: str) -> list[str]:
    query: LogQuery = replace(last_hour(), start_ns=time.time_ns() - 40 * HOUR_NS)
    return [line.text for line in stack.loki(tenant).lines(query)]


def _pushed(stack: Stack, tenant: str, time_ns: int, text: str) -> bool | None:
    try:
        stack.push(tenant, {**LABELS, "tenant": tenant}, (time_ns, text))
    except urllib.error.HTTPError:
        return None
    return True


def _objects(stack: Stack, tenant: str) -> set[Path]:
    return set((stack.folder / "objects" / "platform-logs" / tenant).glob("*/*"))


def _post(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=30).close()


def _platform(workspace: Path, objects: Bucket, pages: Inbox) -> Platform:
    """The platform of a workspace like this one, whose `compose/loki.py` names the bucket and the processes."""
    for name in ("alerts_src", "dashboards_src", "slas", "runbooks", "compose"):
        shutil.copytree(REPOSITORY / name, workspace / name, ignore=shutil.ignore_patterns("__pycache__"))
    content = workspace / "compose" / "loki.py"
    store = (
        f'LogStore(objects=ObjectStorage(endpoint="{objects.endpoint}", bucket="{objects.name}", tls=False),'
        f" writers={WRITERS}, readers=1)"
    )
    text = content.read_text().replace("LOG_STORE: Final = LogStore()", f"LOG_STORE: Final = {store}")
    content.write_text(text.replace("import CREDENTIALS,", "import CREDENTIALS, ObjectStorage,"))
    own = load_platform(workspace)
    wanted = tuple(c for c in own.components if c.name.startswith("loki") or c.name == "alertmanager")
    if absent := {c.name for c in wanted} - discover(replace(c, needs=()) for c in wanted).programs.keys():
        pytest.skip(f"not on this machine: {', '.join(sorted(absent))} (python scripts/build_loki.py)")
    services = own.log_pipelines[0]
    limits = dict(services.tier_limits)
    limits["trial"] = replace(limits["trial"], keep=days(1))
    streams = (StreamRetention(labels={"level": "debug"}, keep=days(1), priority=2),)
    pipeline = replace(services, tier_limits=limits, stream_retention=streams)
    areas = tuple(hasty(area) for area in own.log_areas)
    return replace(
        own,
        components=wanted,
        areas=(),
        log_areas=areas,
        log_pipelines=(pipeline,),
        oncall=hurried(pages.address),
    )
