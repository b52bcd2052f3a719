"""prometheus.yml."""

from collections.abc import Mapping

import yaml
from support import sample
from support.sites import native_site

from platformctl.model.site import Site
from platformctl.render import prometheus


def config(site: Site) -> Mapping[str, object]:
    (artifact,) = prometheus.render(sample.PLATFORM, site)
    loaded: Mapping[str, object] = yaml.safe_load(artifact.content)
    return loaded


def test_each_component_with_metrics_is_a_job_of_its_name() -> None:
    jobs = config(native_site(sample.PLATFORM))["scrape_configs"]
    assert isinstance(jobs, list)
    assert [job["job_name"] for job in jobs] == ["prometheus", "alertmanager", "shop"]


def test_a_job_keeps_its_instance_when_its_port_changes() -> None:
    one = config(native_site(sample.PLATFORM))["scrape_configs"]
    other = config(native_site(sample.PLATFORM, ports={"shop:http": 45123}))["scrape_configs"]
    assert isinstance(one, list)
    assert isinstance(other, list)
    assert one[2]["static_configs"] == [{"targets": ["127.0.0.1:19002"], "labels": {"instance": "shop"}}]
    assert other[2]["static_configs"] == [{"targets": ["127.0.0.1:45123"], "labels": {"instance": "shop"}}]


def test_a_scrape_gives_up_before_the_next_one_begins() -> None:
    jobs = config(native_site(sample.PLATFORM))["scrape_configs"]
    assert isinstance(jobs, list)
    assert [(job["scrape_interval"], job["scrape_timeout"]) for job in jobs] == [
        ("15s", "10s"), ("15s", "10s"), ("5s", "5s"),
    ]  # fmt: skip


def test_a_component_that_does_not_run_here_is_not_scraped() -> None:
    loaded = config(native_site(sample.PLATFORM, without=("shop",)))
    assert isinstance(loaded["scrape_configs"], list)
    assert [job["job_name"] for job in loaded["scrape_configs"]] == ["prometheus", "alertmanager"]


def test_without_alertmanager_nobody_is_told() -> None:
    assert "alerting" in config(native_site(sample.PLATFORM))
    assert "alerting" not in config(native_site(sample.PLATFORM, without=("alertmanager",)))
