"""What is asked from outside, as Prometheus and the exporter are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from support import sample
from support.sites import native_site

from platformctl.errors import DefinitionError
from platformctl.model.platform import Platform
from platformctl.model.probe import ComponentProbe, UrlProbe
from platformctl.model.site import Site
from platformctl.render import blackbox, rules

PLATFORM = replace(
    sample.PLATFORM,
    components=(*sample.PLATFORM.components, sample.component("blackbox-exporter", 9115)),
    probes=(
        ComponentProbe(component="shop", port="http", path="/ready"),
        ComponentProbe(component="prometheus", port="http", path="/-/ready", tls=True),
        UrlProbe(url="https://shop.example.com/"),
    ),
)


def targets(platform: Platform, site: Site) -> dict[str, tuple[str, str]]:
    """By instance, the address that is asked and how."""
    (job,) = blackbox.jobs(platform, site)
    entries = job["static_configs"]
    assert isinstance(entries, list)
    return {e["labels"]["instance"]: (e["targets"][0], e["labels"]["__param_module"]) for e in entries}


def test_a_component_is_asked_where_it_lives_and_a_url_as_users_know_it() -> None:
    assert targets(PLATFORM, native_site(PLATFORM)) == {
        "shop": ("http://127.0.0.1:19002/ready", "http"),
        "prometheus": ("https://127.0.0.1:19000/-/ready", "http-own-certificate"),
        "https://shop.example.com/": ("https://shop.example.com/", "http"),
    }


def test_what_does_not_run_is_not_asked() -> None:
    assert "shop" not in targets(PLATFORM, native_site(PLATFORM, without=("shop",)))
    assert list(blackbox.jobs(PLATFORM, native_site(PLATFORM, without=("blackbox-exporter",)))) == []


def test_prometheus_asks_the_exporter_and_keeps_the_instance() -> None:
    (job,) = blackbox.jobs(PLATFORM, native_site(PLATFORM))
    assert job["relabel_configs"] == [
        {"source_labels": ["__address__"], "target_label": "__param_target"},
        {"target_label": "__address__", "replacement": "127.0.0.1:19003"},
    ]


def test_a_probe_that_stops_is_missed_as_a_target_is() -> None:
    files = {artifact.path: artifact for artifact in rules.render(PLATFORM, native_site(PLATFORM))}
    (group,) = yaml.safe_load(files["prometheus/rules/expected-jobs.yml"].content)["groups"]
    assert {"job": "blackbox"} in [rule["labels"] for rule in group["rules"]]


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com"])
def test_an_address_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(DefinitionError, match="cannot be probed"):
        UrlProbe(url=url)
