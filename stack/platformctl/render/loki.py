"""Loki: TSDB index, retention by tenant and stream, limits by tier, no anonymous access; a process or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.log_limits import TierLimits
from platformctl.model.log_store import LOKI, LogProcess
from platformctl.model.logs import OPERATORS, LogPipeline
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.model.units import Duration, days
from platformctl.render import log_rules, log_store
from platformctl.render._json import json_rows_artifact
from platformctl.render._yaml import yaml_artifact
from platformctl.render.log_store import LOOPBACK, Settings

# The day from which the index has this schema; Loki reads it, so it must never change.
_SCHEMA_FROM: Final = "2026-01-01"
_OLDEST_ACCEPTED: Final = days(7)


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """Render a file for each process of Loki, and the tenants' limits, which it re-reads while it runs."""
    if not site.has(LOKI):
        return
    store = platform.log_store
    for process in store.processes:
        config = _config(platform, site, process)
        alone = len(store.processes) == 1
        yield yaml_artifact(
            f"loki/{process.name}.yml", config if alone else log_store.joined(config, store, site, process)
        )
    yield from log_rules.render(platform, site)
    # JSON is YAML, too, and written a hundred times as fast: this is one of the two files that grow with the tenants.
    yield json_rows_artifact("loki/overrides.yml", {"overrides": _overrides(platform)})


def organisations(platform: Platform) -> tuple[str, ...]:
    """Whose lines Loki keeps: every tenant's, and those of the platform that are no tenant's."""
    own = {pipeline.default_tenant for pipeline in platform.log_pipelines}
    return tuple(sorted(own | {tenant.id for tenant in platform.tenants}))


def _config(platform: Platform, site: Site, process: LogProcess) -> Settings:
    store, place = platform.log_store, site.places[process.name]
    host, _, port = place.listen["http"].rpartition(":")
    data = place.data
    grpc_port = int(place.listen["grpc"].rpartition(":")[2])
    grpc = f"{LOOPBACK}:{grpc_port}"
    return {
        "auth_enabled": True,
        "server": {
            "http_listen_address": host,
            "http_listen_port": int(port),
            "grpc_listen_address": LOOPBACK,
            "grpc_listen_port": grpc_port,
            "log_level": "warn",
            "graceful_shutdown_timeout": "10s",
        },
        # One process that finds itself: without these it dials another interface, and queries hang.
        "frontend": {"address": LOOPBACK, "scheduler_address": grpc, "scheduler_dns_lookup_period": "1s"},
        # By address: through the ring its parts take a quarter of a minute to find each other.
        "frontend_worker": {"scheduler_address": grpc, "dns_lookup_duration": "1s"},
        "query_scheduler": {"use_scheduler_ring": False},
        "ingester": {"lifecycler": {"min_ready_duration": "0s", "final_sleep": "0s"}},
        "common": {
            "instance_addr": LOOPBACK,
            "path_prefix": data,
            "replication_factor": 1,
            "ring": {"instance_addr": LOOPBACK, "kvstore": {"store": "inmemory"}},
            **log_store.disk(store, data),
        },
        **log_store.bucket(store, _rules(site)),
        "schema_config": {
            "configs": [
                {
                    "from": _SCHEMA_FROM,
                    "store": "tsdb",
                    "object_store": log_store.kind(store),
                    "schema": "v13",
                    "index": {"prefix": "index_", "period": "24h"},
                }
            ]
        },
        "limits_config": _limits(platform.log_pipelines),
        "compactor": {
            "working_directory": f"{data}/compactor",
            "retention_enabled": True,
            "delete_request_store": log_store.kind(store),
        },
        "querier": {"multi_tenant_queries_enabled": True},
        "query_range": {
            "cache_results": True,
            "results_cache": {"cache": {"embedded_cache": {"enabled": True, "max_size_mb": 64}}},
        },
        "ruler": _ruler(platform, site, data),
        "runtime_config": {"file": site.fill(LOKI, "{config}/overrides.yml"), "period": "10s"},
        "analytics": {"reporting_enabled": False},
    }


def _limits(pipelines: tuple[LogPipeline, ...]) -> Settings:
    """Limits of a tenant without a tier of its own, and the retention of streams for everybody."""
    streams = [
        {
            "selector": "{" + ", ".join(f'{k}="{v}"' for k, v in sorted(rule.labels.items())) + "}",
            "priority": rule.priority,
            "period": str(rule.keep),
        }
        for pipeline in pipelines
        for rule in pipeline.stream_retention
    ]
    keep = max((pipeline.retention for pipeline in pipelines), default=days(30))
    return {
        "retention_period": str(keep),
        "retention_stream": streams,
        "allow_structured_metadata": True,
        "discover_service_name": [],
        "discover_log_levels": False,  # the agents have read it
        "max_label_names_per_series": 15,
        "max_line_size": "256KB",
        "max_line_size_truncate": True,
        "max_global_streams_per_user": 5000,
        "ingestion_rate_mb": 8,
        "ingestion_burst_size_mb": 16,
        "per_stream_rate_limit": "8MB",
        "per_stream_rate_limit_burst": "16MB",
        "reject_old_samples": True,
        "reject_old_samples_max_age": str(_OLDEST_ACCEPTED),
        "max_query_length": str(_longer(keep)),
        "max_query_parallelism": 16,
        "max_entries_limit_per_query": 5000,
        "volume_enabled": True,
    }


def _longer(keep: Duration) -> Duration:
    """A query may span everything that is kept, and a day more."""
    return Duration(keep.ms + days(1).ms)


def _rules(site: Site) -> str:
    return site.fill(LOKI, "{config}/rules")


def _ruler(platform: Platform, site: Site, data: str) -> Settings:
    ruler: Settings = {
        **log_store.rules(platform.log_store, _rules(site)),
        "rule_path": f"{data}/rules-scratch",
        "ring": {"kvstore": {"store": "inmemory"}},
        "enable_api": True,
        "evaluation_interval": "15s",
        "poll_interval": "15s",
        "wal": {"dir": f"{data}/ruler-wal"},
    }
    if platform.log_recording_rules and site.has("prometheus"):
        url = f"http://{site.reach('prometheus', 'http')}/api/v1/write"
        ruler["remote_write"] = {"enabled": True, "clients": {"prometheus": {"url": url}}}
    if site.has("alertmanager"):
        ruler |= {
            "alertmanager_url": f"http://{site.reach('alertmanager', 'http')}",
            "enable_alertmanager_v2": True,
        }
    return ruler


def _overrides(platform: Platform) -> Mapping[str, Settings]:
    limits = {tier: of for pipeline in platform.log_pipelines for tier, of in pipeline.tier_limits.items()}
    settings = {tier: _override(of) for tier, of in limits.items()}
    tenants = {
        tenant.id: settings[tenant.tier]
        for tenant in sorted(platform.tenants, key=lambda tenant: tenant.id)
        if tenant.tier in settings
    }
    return {**_operators(platform.log_pipelines), **tenants}


def _operators(pipelines: tuple[LogPipeline, ...]) -> Mapping[str, Settings]:
    """The operators' organisation has every tenant's streams, and no stream is kept longer than another."""
    of = [pipeline.copy.limits for pipeline in pipelines if pipeline.copy]
    if not of:
        return {}
    largest = TierLimits(
        rate_mb=max(limits.rate_mb for limits in of),
        burst_mb=max(limits.burst_mb for limits in of),
        streams=max(limits.streams for limits in of),
        keep=max(limits.keep for limits in of),
    )
    # A rule has a result for each tenant and service.
    return {OPERATORS: {**_override(largest), "retention_stream": [], "max_query_series": largest.streams}}


def _override(limits: TierLimits) -> Settings:
    return {
        "ingestion_rate_mb": limits.rate_mb,
        "ingestion_burst_size_mb": limits.burst_mb,
        "max_global_streams_per_user": limits.streams,
        "retention_period": str(limits.keep),
    }
