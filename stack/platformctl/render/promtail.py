"""Promtail's configuration: reads the log files of the deployment or of its containers, sends the lines to Loki.

Promtail reached its end of life in March 2026; it is generated for those who run it. Alloy is its successor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact
from platformctl.model.logs import ContainerSource, LogPipeline
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact
from platformctl.render.log_sources import source_path, unwrapped
from platformctl.render.log_stage import Stage
from platformctl.render.log_stages import copied_stages, stages

Settings: TypeAlias = dict[str, object]


POSITIONS: Final = "5s"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """Render `promtail/promtail.yml` where Promtail and Loki run here."""
    if site.has("promtail") and site.has("loki"):
        yield yaml_artifact("promtail/promtail.yml", _config(platform, site))


def _config(platform: Platform, site: Site) -> Settings:
    host, _, port = site.places["promtail"].listen["http"].rpartition(":")
    return {
        "server": {
            "http_listen_address": host,
            "http_listen_port": int(port),
            "grpc_listen_address": "127.0.0.1",
            "grpc_listen_port": 0,
            "health_check_target": False,  # ready also before the first line is written
            "log_level": "warn",
        },
        # What is on the disk is one to two periods old, and so older than what a crash can catch unsent.
        "positions": {"filename": f"{site.places['promtail'].data}/positions.yaml", "sync_period": POSITIONS},
        "clients": [_client(site)],
        "target_config": {"sync_period": "2s"},  # how soon a new file is seen
        # A line over the limit is cut, not lost; a flood waits in the file instead of being dropped.
        "limits_config": {
            "max_line_size": "256KB",
            "max_line_size_truncate": True,
            "readline_rate_enabled": True,
            "readline_rate": 20_000,
            "readline_burst": 40_000,
            "readline_rate_drop": False,
        },
        "scrape_configs": [
            scrape for pipeline in platform.log_pipelines for scrape in _scrapes(pipeline, site)
        ],
    }


def _client(site: Site) -> Settings:
    """Retries for about 17 minutes: a restart of Loki loses nothing."""
    return {
        "url": f"http://{site.reach('loki', 'http')}/loki/api/v1/push",
        "batchwait": "1s",
        "batchsize": 1_048_576,
        "timeout": "10s",
        "backoff_config": {"min_period": "500ms", "max_period": "1m", "max_retries": 25},
        # A tenant over its own limit loses the surplus, which Loki counts; it holds nobody else's lines up.
        "drop_rate_limited_batches": True,
    }


def _scrapes(pipeline: LogPipeline, site: Site) -> Iterator[Settings]:
    """A job for each source, and, as a pipeline of Promtail cannot send a line twice, one more for the copy."""
    for index, source in enumerate(pipeline.sources):
        path, name = source_path(source, site), f"{pipeline.name}-{index}"
        if not path:
            continue
        before = tuple(unwrapped(source)) if isinstance(source, ContainerSource) else ()
        yield _job(name, path, (*before, *stages(pipeline)))
        if pipeline.copy:
            yield _job(f"{name}-operators", _other_way(path), (*before, *copied_stages(pipeline)))


def _job(name: str, path: str, steps: Iterable[Stage]) -> Settings:
    return {
        "job_name": name,
        "static_configs": [{"targets": ["localhost"], "labels": {"__path__": path}}],
        "pipeline_stages": [_stage(step) for step in steps],
    }


def _other_way(path: str) -> str:
    """The same files by another name: positions are kept by name, and each job has to have its own."""
    return f"/proc/self/root{path}" if path.startswith("/") else f"/proc/self/cwd/{path}"


def _stage(stage: Stage) -> Settings:
    if stage.stages:
        return {stage.kind: {**stage.settings, "stages": [_stage(inner) for inner in stage.stages]}}
    return {stage.kind: stage.names or stage.settings}
