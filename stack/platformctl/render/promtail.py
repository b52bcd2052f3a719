"""Promtail's configuration: reads the deployment's log files or containers, sends the lines to Loki.

Promtail reached its end of life in March 2026; it is generated for those who run it. Alloy is its successor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact
from platformctl.model.logs import ContainerSource, FileSource, LogPipeline
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.render._yaml import yaml_artifact
from platformctl.render.log_stages import Stage, stages

Settings: TypeAlias = dict[str, object]

LOG_FOLDER: Final = "logs"
DOCKER_SOCKET: Final = "unix:///var/run/docker.sock"
PROJECT_LABEL: Final = "com.docker.compose.project"
SERVICE_LABEL: Final = "__meta_docker_container_label_com_docker_compose_service"


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
        "positions": {"filename": f"{site.places['promtail'].data}/positions.yaml", "sync_period": "2s"},
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


def file_path(source: FileSource, site: Site) -> str:
    """Where the agent finds the files; empty where they are not: containers write no files, components are absent."""
    if source.component:
        known = site.has(source.component)
        return f"{site.places[source.component].data}/{source.glob}" if known else ""
    return f"{LOG_FOLDER}/{source.glob}" if site.runtime is RuntimeName.NATIVE else ""


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
    steps = [_stage(stage) for stage in stages(pipeline)]
    for index, source in enumerate(pipeline.sources):
        job = {"job_name": f"{pipeline.name}-{index}"}
        match source:
            case FileSource() if path := file_path(source, site):
                yield job | {
                    "static_configs": [{"targets": ["localhost"], "labels": {"__path__": path}}],
                    "pipeline_stages": steps,
                }
            case ContainerSource(project=project) if site.runtime is RuntimeName.COMPOSE:
                yield job | _containers(project) | {"pipeline_stages": steps}


def _stage(stage: Stage) -> Settings:
    if stage.stages:
        return {stage.kind: {**stage.settings, "stages": [_stage(inner) for inner in stage.stages]}}
    return {stage.kind: stage.names or stage.settings}


def _containers(project: str) -> Settings:
    return {
        "docker_sd_configs": [
            {
                "host": DOCKER_SOCKET,
                "refresh_interval": "10s",
                "filters": [{"name": "label", "values": [f"{PROJECT_LABEL}={project}"]}],
            }
        ],
        "relabel_configs": [{"source_labels": [SERVICE_LABEL], "target_label": "container_name"}],
    }
