"""What Grafana reads at its start."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from unit.grafana.conftest import REPOSITORY

from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site
from platformctl.render import grafana
from platformctl.sources.definitions import load_platform

EVERYTHING = ("grafana", "prometheus", "alertmanager", "loki", "tempo")


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load_platform(REPOSITORY)


def _site(*components: str) -> Site:
    places = {
        name: Place(
            listen={"http": f"0.0.0.0:{3000 + index}"},
            reach={"http": f"{name}:{3000 + index}"},
            published={"http": f"127.0.0.1:{3000 + index}"},
            config=f"/etc/platformctl/{name}",
            data="/data",
            release="/etc/platformctl",
        )
        for index, name in enumerate(components)
    }
    return Site(runtime=RuntimeName.COMPOSE, places=places, secrets_folder="/run/secrets")


def _files(platform: Platform, *components: str) -> dict[str, bytes]:
    return {artifact.path: artifact.content for artifact in grafana.render(platform, _site(*components))}


def _datasources(platform: Platform, *components: str) -> dict[str, dict]:
    text = _files(platform, *components)["grafana/provisioning/datasources/datasources.yml"]
    return {source["uid"]: source for source in yaml.safe_load(text)["datasources"]}


def test_there_is_a_datasource_for_each_component_that_runs(platform: Platform) -> None:
    assert set(_datasources(platform, *EVERYTHING)) == set(EVERYTHING) - {"grafana"}
    assert set(_datasources(platform, "grafana", "prometheus")) == {"prometheus"}


def test_a_line_leads_to_its_trace_and_a_trace_to_its_lines(platform: Platform) -> None:
    sources = _datasources(platform, *EVERYTHING)
    [to_trace] = sources["loki"]["jsonData"]["derivedFields"]
    assert (to_trace["datasourceUid"], to_trace["url"]) == ("tempo", "$${__value.raw}")
    assert sources["tempo"]["jsonData"]["tracesToLogsV2"]["datasourceUid"] == "loki"
    [exemplar] = sources["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    assert exemplar == {"name": "trace_id", "datasourceUid": "tempo"}
    to_metrics = sources["tempo"]["jsonData"]["tracesToMetrics"]
    assert to_metrics["datasourceUid"] == "prometheus"
    assert all("$$__tags" in query["query"] for query in to_metrics["queries"])


def test_no_link_leads_to_a_datasource_that_does_not_run(platform: Platform) -> None:
    sources = _datasources(platform, "grafana", "prometheus", "loki")
    assert "derivedFields" not in sources["loki"]["jsonData"]
    assert "exemplarTraceIdDestinations" not in sources["prometheus"]["jsonData"]
    assert "alertmanagerUid" not in sources["prometheus"]["jsonData"]


def test_operators_read_what_their_own_organisation_holds_of_every_tenant(platform: Platform) -> None:
    header = _datasources(platform, *EVERYTHING)["loki"]["secureJsonData"]["httpHeaderValue1"]
    assert header == "_operators"


def test_each_audience_has_a_folder_that_holds_its_dashboards(platform: Platform) -> None:
    files = _files(platform, *EVERYTHING)
    providers = yaml.safe_load(files["grafana/provisioning/dashboards/dashboards.yml"])["providers"]
    folders = {provider["options"]["path"].rpartition("/")[2] for provider in providers}
    assert folders == {path.split("/")[2] for path in files if path.startswith("grafana/dashboards/")}
    assert providers[0]["options"]["path"] == "/etc/platformctl/grafana/dashboards/operations"


def test_dashboards_come_out_without_a_grafana_too(platform: Platform) -> None:
    files = _files(platform, "prometheus")
    assert "grafana/dashboards/operations/platform-overview.json" in files
    assert not [path for path in files if "provisioning" in path]


def test_the_order_of_definitions_does_not_matter(platform: Platform) -> None:
    reordered = replace(platform, dashboards=tuple(reversed(platform.dashboards)))
    assert _files(platform, *EVERYTHING) == _files(reordered, *EVERYTHING)
