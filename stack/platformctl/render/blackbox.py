"""blackbox.yml: how the blackbox exporter asks. Valid for 0.23 and for 0.28."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.probe import EXPORTER, JOB, ComponentProbe, Probe
from platformctl.model.site import Site
from platformctl.model.units import seconds
from platformctl.render._yaml import yaml_artifact

CONFIG: Final = "blackbox/blackbox.yml"
_INTERVAL: Final = seconds(15)
_TIMEOUT: Final = seconds(5)
_STRICT: Final = "http"
_OWN_CERTIFICATE: Final = "http-own-certificate"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """The exporter's modules, where it runs."""
    if site.has(EXPORTER):
        modules = {_STRICT: _module(), _OWN_CERTIFICATE: _module(insecure_skip_verify=True)}
        yield yaml_artifact(CONFIG, {"modules": modules})


def jobs(platform: Platform, site: Site) -> Iterator[dict[str, object]]:
    """The scrape job of all probes; none where the exporter or whatever is probed does not run."""
    targets = [_target(probe, site) for probe in probed(platform, site)]
    if targets:
        yield {
            "job_name": JOB,
            "metrics_path": "/probe",
            "scrape_interval": str(_INTERVAL),
            "scrape_timeout": str(_TIMEOUT),
            "static_configs": targets,
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"target_label": "__address__", "replacement": site.reach(EXPORTER, "http")},
            ],
        }


def probed(platform: Platform, site: Site) -> tuple[Probe, ...]:
    """The probes that can be made at the site."""
    if not site.has(EXPORTER):
        return ()
    return tuple(p for p in platform.probes if not isinstance(p, ComponentProbe) or site.has(p.component))


def _module(*, insecure_skip_verify: bool = False) -> dict[str, object]:
    http: dict[str, object] = {
        "preferred_ip_protocol": "ip4",
        "follow_redirects": False,
        **({"tls_config": {"insecure_skip_verify": True}} if insecure_skip_verify else {}),
    }
    return {"prober": "http", "timeout": str(_TIMEOUT), "http": http}


def _target(probe: Probe, site: Site) -> dict[str, object]:
    """The instance is the component's name, or the URL: series survive a change of port."""
    module = _STRICT
    url = probe.name
    if isinstance(probe, ComponentProbe):
        scheme = "https" if probe.tls else "http"
        url = f"{scheme}://{site.reach(probe.component, probe.port)}{probe.path}"
        module = _OWN_CERTIFICATE if probe.tls else _STRICT
    return {"targets": [url], "labels": {"instance": probe.name, "__param_module": module}}
