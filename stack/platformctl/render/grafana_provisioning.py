"""What Grafana reads at its start: datasources with the links between them, and a folder for each audience."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact
from platformctl.model.dashboard import Audience
from platformctl.model.logs import OPERATORS
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact

Settings: TypeAlias = dict[str, object]

_SCRAPE_INTERVAL: Final = "15s"
# Grafana expands variables in these files: a dollar of its own is written twice.
_VALUE: Final = "$${__value.raw}"

# The collector's span metrics (`render/tempo.py`), for the service of the span that is looked at.
_SPAN_METRICS: Final = {
    "Rate": "sum by (span_name) (rate(traces_spanmetrics_calls_total{$$__tags}[5m]))",
    "Errors": "sum by (span_name)"
    ' (rate(traces_spanmetrics_calls_total{$$__tags, status_code="STATUS_CODE_ERROR"}[5m]))',
    "Slowest 5 %": "histogram_quantile(0.95,"
    " sum by (le, span_name) (rate(traces_spanmetrics_duration_seconds_bucket{$$__tags}[5m])))",
}


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """Render the datasources of the components that run here, and a dashboard provider for each audience."""
    yield yaml_artifact(
        "grafana/provisioning/datasources/datasources.yml",
        {"apiVersion": 1, "prune": True, "datasources": list(_datasources(platform, site))},
    )
    yield yaml_artifact(
        "grafana/provisioning/dashboards/dashboards.yml",
        {"apiVersion": 1, "providers": [_provider(audience, site) for audience in _audiences(platform)]},
    )


def _audiences(platform: Platform) -> list[Audience]:
    used = {dashboard.audience for dashboard in platform.dashboards}
    return [audience for audience in Audience if audience in used]


def _provider(audience: Audience, site: Site) -> Settings:
    return {
        "name": audience.value,
        "folder": audience.folder,
        "folderUid": audience.value,
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 10,
        "options": {"path": site.fill("grafana", f"{{config}}/dashboards/{audience.value}")},
    }


def _datasources(platform: Platform, site: Site) -> Iterator[Settings]:
    builders = {"prometheus": _prometheus, "alertmanager": _alertmanager, "loki": _loki, "tempo": _tempo}
    for component, build in builders.items():
        if site.has(component):
            yield {
                "name": component.capitalize(),
                "uid": component,
                "type": component,
                "access": "proxy",
                "url": f"http://{site.reach(component, 'http')}",
                "isDefault": component == "prometheus",
                "editable": False,
            } | build(platform, site)


def _prometheus(platform: Platform, site: Site) -> Settings:  # noqa: ARG001 - one shape for all builders
    json_data: Settings = {
        "httpMethod": "POST",
        "prometheusType": "Prometheus",
        "timeInterval": _SCRAPE_INTERVAL,
        "manageAlerts": True,
        "incrementalQuerying": True,
    }
    if site.has("alertmanager"):
        json_data["alertmanagerUid"] = "alertmanager"
    if site.has("tempo"):
        json_data["exemplarTraceIdDestinations"] = [{"name": "trace_id", "datasourceUid": "tempo"}]
    return {"jsonData": json_data}


def _alertmanager(platform: Platform, site: Site) -> Settings:  # noqa: ARG001
    return {"jsonData": {"implementation": "prometheus", "handleGrafanaManagedAlerts": False}}


def _loki(platform: Platform, site: Site) -> Settings:  # noqa: ARG001
    """The operators' view: of every tenant the lines that rules read, too, and the gateway's."""
    json_data: Settings = {"maxLines": 1000, "httpHeaderName1": "X-Scope-OrgID"}
    if site.has("tempo"):
        json_data["derivedFields"] = [
            {
                "name": "trace_id",
                "matcherType": "label",
                "matcherRegex": "trace_id",
                "datasourceUid": "tempo",
                "url": _VALUE,
                "urlDisplayLabel": "Trace",
            }
        ]
    return {"jsonData": json_data, "secureJsonData": {"httpHeaderValue1": OPERATORS}}


def _tempo(platform: Platform, site: Site) -> Settings:  # noqa: ARG001
    json_data: Settings = {}
    if site.has("prometheus"):
        json_data["serviceMap"] = {"datasourceUid": "prometheus"}
        json_data["tracesToMetrics"] = {
            "datasourceUid": "prometheus",
            "spanStartTimeShift": "-30m",
            "spanEndTimeShift": "30m",
            "tags": [{"key": "service.name", "value": "service_name"}],
            "queries": [{"name": name, "query": query} for name, query in _SPAN_METRICS.items()],
        }
    if site.has("loki"):
        json_data["tracesToLogsV2"] = {
            "datasourceUid": "loki",
            "spanStartTimeShift": "-5m",
            "spanEndTimeShift": "5m",
            "filterByTraceID": True,
            "tags": [
                {"key": "service.name", "value": "service"},
                {"key": "tenant.id", "value": "tenant"},
            ],
        }
    return {"jsonData": json_data}
