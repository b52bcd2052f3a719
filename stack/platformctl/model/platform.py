"""The whole: one value that everything is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platformctl.model import _guard
from platformctl.model.access import Access
from platformctl.model.artifact import Artifact
from platformctl.model.baseline import Baseline
from platformctl.model.component import Component
from platformctl.model.dashboard import Dashboard
from platformctl.model.deployment import Deployment
from platformctl.model.log_store import LogStore
from platformctl.model.logs import LogPipeline
from platformctl.model.metric import Metric
from platformctl.model.oncall import OnCall
from platformctl.model.probe import Probe
from platformctl.model.rules import AlertArea, AlertRule, RecordingRule
from platformctl.model.runbook import Runbook as Runbook
from platformctl.model.tenancy import Tenant, Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """Every definition of a workspace.

    origins: where a definition was written (``path:line`` or ``path``), by its kind and name,
    as in ``origins["alert:ApiHighErrorRate"]``.
    areas, log_areas: the rules that Prometheus evaluates, and those that Loki does.
    builds: files of our own services, placed below ``build/`` in the release.
    baseline: how fast answers usually are; None until one is recorded.
    """

    tiers: tuple[Tier, ...]
    tenants: tuple[Tenant, ...]
    components: tuple[Component, ...]
    metrics: tuple[Metric, ...]
    areas: tuple[AlertArea, ...]
    oncall: OnCall
    log_areas: tuple[AlertArea, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    log_pipelines: tuple[LogPipeline, ...] = ()
    probes: tuple[Probe, ...] = ()
    runbooks: tuple[Runbook, ...] = ()
    builds: tuple[Artifact, ...] = ()
    baseline: Baseline | None = None
    access: Access | None = None
    deployment: Deployment = field(default_factory=Deployment)
    log_store: LogStore = field(default_factory=LogStore)
    origins: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _guard.unique((t.name for t in self.tiers), what="tier")
        _guard.unique((t.id for t in self.tenants), what="tenant")
        _guard.unique((c.name for c in self.components), what="component")
        _guard.unique((p.name for p in self.probes), what="probe")
        _guard.unique((a.name for a in self.areas), what="alert area")
        _guard.unique((m.name for m in self.metrics), what="metric")

    @property
    def alerts(self) -> tuple[AlertRule, ...]:
        """All alert rules, area by area, whoever evaluates them."""
        return tuple(alert for area in (*self.areas, *self.log_areas) for alert in area.alerts)

    @property
    def metric_alerts(self) -> tuple[AlertRule, ...]:
        """The alert rules in PromQL."""
        return tuple(alert for area in self.areas for alert in area.alerts)

    @property
    def recording_rules(self) -> tuple[RecordingRule, ...]:
        """The recording rules in PromQL, area by area."""
        return tuple(rule for area in self.areas for rule in area.recording_rules)

    @property
    def log_recording_rules(self) -> tuple[RecordingRule, ...]:
        """The recording rules in LogQL: Loki computes the series, Prometheus keeps them."""
        return tuple(rule for area in self.log_areas for rule in area.recording_rules)

    def origin(self, kind: str, name: str) -> str:
        """Where the definition was written; its kind and name where that is not known."""
        return self.origins.get(f"{kind}:{name}", f"{kind} {name}")
