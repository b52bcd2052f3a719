"""The table of outputs: everything a release holds comes from one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.release import Release
from platformctl.model.site import Site
from platformctl.render import (
    alertmanager,
    alloy,
    baseline,
    blackbox,
    entry,
    grafana,
    grafana_access,
    loki,
    manifest,
    pagerduty,
    prometheus,
    promtail,
    registry,
    rule_tests,
    rules,
    runbook_site,
    tempo,
)
from platformctl.sinks.runtime import Runtime

Renderer: TypeAlias = Callable[[Platform, Site], Iterator[Artifact]]

RENDERERS: Final[tuple[Renderer, ...]] = (
    prometheus.render,
    rules.render,
    rule_tests.render,
    alertmanager.render,
    pagerduty.render,
    runbook_site.render,
    baseline.render,
    blackbox.render,
    entry.render,
    registry.render,
    grafana.render,
    grafana_access.render,
    loki.render,
    promtail.render,
    alloy.render,
    tempo.render,
)


def render_release(platform: Platform, site: Site, runtime: Runtime) -> Release:
    """Everything, in memory, before the first byte is written."""
    files: dict[str, Artifact] = {}
    for artifact in _artifacts(platform, site, runtime):
        if artifact.path in files:
            raise DefinitionError(f"two renderers give the file {artifact.path}")
        files[artifact.path] = artifact
    units = runtime.units(platform, site, files)
    expected = manifest.expected(platform, site)
    files[manifest.PATH] = manifest.render(files, units, expected)
    return Release(files=files, units=units, expected=expected)


def _artifacts(platform: Platform, site: Site, runtime: Runtime) -> Iterator[Artifact]:
    yield from platform.builds
    for render in RENDERERS:
        yield from render(platform, site)
    yield from runtime.render(platform, site)
