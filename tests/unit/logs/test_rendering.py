"""Loki's and the agents' files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from unit.logs.conftest import SAMPLE, make_site

from platformctl.model.artifact import Artifact
from platformctl.model.logs import Redaction
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.render import alloy, log_rules, loki, promtail
from platformctl.render.alloy_syntax import Block, Reference, dump


def _yaml(artifacts: Iterator[Artifact], path: str) -> dict:
    return yaml.safe_load(next(a for a in artifacts if a.path == path).content)


def test_nothing_is_rendered_for_components_that_do_not_run(platform: Platform) -> None:
    site = make_site(RuntimeName.NATIVE, "prometheus")
    renders: tuple[Callable[[Platform, Site], Iterator[Artifact]], ...] = (
        loki.render, promtail.render, alloy.render,
    )  # fmt: skip
    assert [artifact for render in renders for artifact in render(platform, site)] == []


def test_limits_and_retention_follow_the_tenants_tier(platform: Platform, site: Site) -> None:
    overrides = _yaml(loki.render(platform, site), "loki/overrides.yml")["overrides"]
    assert overrides == {
        "lumiere": {
            "ingestion_rate_mb": 4,
            "ingestion_burst_size_mb": 8,
            "max_global_streams_per_user": 100,
            "retention_period": "90d",
        }
    }


def test_loki_asks_for_a_tenant_and_keeps_streams_as_long_as_stated(platform: Platform, site: Site) -> None:
    config = _yaml(loki.render(platform, site), "loki/loki.yml")
    assert config["auth_enabled"] is True
    assert config["compactor"]["retention_enabled"] is True
    assert config["limits_config"]["retention_period"] == "30d"
    assert config["limits_config"]["retention_stream"] == [
        {"selector": '{level="debug"}', "priority": 3, "period": "2d"}
    ]


def test_operators_ask_for_all_tenants_by_name(platform: Platform) -> None:
    assert loki.tenants_header(platform) == "lumiere|platform|yoga-loft"


def test_promtail_reads_files_natively_and_containers_under_compose(platform: Platform, site: Site) -> None:
    [job] = _yaml(promtail.render(platform, site), "promtail/promtail.yml")["scrape_configs"]
    if site.runtime is RuntimeName.NATIVE:
        assert job["static_configs"][0]["labels"] == {"__path__": "logs/*.log"}
    else:
        [discovery] = job["docker_sd_configs"]
        assert discovery["filters"] == [{"name": "label", "values": ["com.docker.compose.project=sample"]}]


def test_secrets_are_replaced_before_any_field_is_read(platform: Platform, site: Site) -> None:
    [job] = _yaml(promtail.render(platform, site), "promtail/promtail.yml")["scrape_configs"]
    kinds = [next(iter(stage)) for stage in job["pipeline_stages"]]
    assert "replace" in str(job["pipeline_stages"][: kinds.index("json")])
    assert "replace" not in str(job["pipeline_stages"][kinds.index("json") :])


def test_a_slow_pattern_is_only_tried_on_lines_with_its_words(platform: Platform, site: Site) -> None:
    redaction = Redaction(name="key", pattern='"key": "([^"]+)"', only_with=("key", "a.b"))
    guarded = replace(platform, log_pipelines=(replace(SAMPLE, redactions=(redaction,)),))
    [job] = _yaml(promtail.render(guarded, site), "promtail/promtail.yml")["scrape_configs"]
    [match] = [stage["match"] for stage in job["pipeline_stages"] if "replace" in str(stage)]
    assert match["selector"] == r'{environment="production"} |~ "(?i)(?:key|a\\.b)"'
    assert match["stages"] == [{"replace": {"expression": '"key": "([^"]+)"', "replace": "[redacted]"}}]


def test_a_field_may_have_another_name_in_the_line(platform: Platform, site: Site) -> None:
    renamed = replace(SAMPLE, tenant_field="org.id")
    [job] = _yaml(
        promtail.render(replace(platform, log_pipelines=(renamed,)), site), "promtail/promtail.yml"
    )["scrape_configs"]
    expressions = next(stage["json"] for stage in job["pipeline_stages"] if "json" in stage)["expressions"]
    assert expressions["tenant"] == '"org.id"'


def test_alloy_writes_what_alloy_fmt_would() -> None:
    block = Block(
        "loki.process",
        {"forward_to": [Reference("loki.write.loki.receiver")], "empty": {}},
        (Block("stage.json", {"expressions": {"a": '"a"', "long": "x"}}), Block("stage.docker")),
        label="web",
    )
    assert dump(iter([block])) == (
        'loki.process "web" {\n'
        "\tforward_to = [loki.write.loki.receiver]\n"
        "\tempty      = {}\n"
        "\n"
        "\tstage.json {\n"
        "\t\texpressions = {\n"
        '\t\t\t"a"    = "\\"a\\"",\n'
        '\t\t\t"long" = "x",\n'
        "\t\t}\n"
        "\t}\n"
        "\n"
        "\tstage.docker { }\n"
        "}\n"
    )


@pytest.fixture(scope="session")
def components() -> dict:
    for parent in Path(__file__).resolve().parents:
        file = parent / "shared" / "schemas" / "alloy-components.json"
        if file.is_file():
            return json.loads(file.read_text())["components"]
    pytest.skip(
        "the list of Alloy's components (shared/schemas/alloy-components.json) is not on this machine"
    )


def test_alloy_knows_every_component_block_and_argument(
    platform: Platform, site: Site, components: dict
) -> None:
    blocks = [block for block in alloy.blocks(platform, site) if block.label]
    assert len(blocks) >= 4
    assert [problem for block in blocks for problem in _problems(block, components[block.name])] == []


def test_an_unknown_or_missing_argument_of_alloy_is_found(components: dict) -> None:
    wrong = Block("loki.write", {}, (Block("endpoint", {"uri": "http://x"}),), label="x")
    assert list(_problems(wrong, components["loki.write"])) == [
        "endpoint: unknown uri",
        "endpoint: lacks url",
    ]


_TYPES = {
    "string": str,
    "duration": str,
    "secret": str,
    "bool": bool,
    "number": int,
    "int": int,
    "map(string)": dict,
}


def _problems(block: Block, known: dict) -> Iterator[str]:
    yield from _argument_problems(block, known["arguments"])
    for inner in _inner_blocks(block):
        if inner.name not in known["block_arguments"]:
            yield f"{block.name}: unknown block {inner.name}"
        else:
            yield from _argument_problems(inner, known["block_arguments"][inner.name])


def _inner_blocks(block: Block) -> Iterator[Block]:
    for inner in block.blocks:
        yield inner
        yield from _inner_blocks(inner)


def _argument_problems(block: Block, known: dict) -> Iterator[str]:
    for name, value in block.arguments.items():
        if name not in known:
            yield f"{block.name}: unknown {name}"
        elif not isinstance(value, (Reference, _TYPES.get(known[name]["type"], list))):
            yield f"{block.name}: {name} is no {known[name]['type']}"
    for name, argument in known.items():
        if argument["required"] and name not in block.arguments:
            yield f"{block.name}: lacks {name}"


def test_rules_over_log_lines_are_one_set_for_all_tenants(platform: Platform, site: Site) -> None:
    names = [artifact.path for artifact in loki.render(platform, site) if "/rules/" in artifact.path]
    assert names == ["loki/rules/lumiere|platform|yoga-loft/logs.yml"]


def test_names_of_rule_folders_fit_a_file_system(platform: Platform) -> None:
    tenants = tuple(replace(platform.tenants[0], id=f"tenant-{number:04}") for number in range(1000))
    found = list(log_rules.folders(replace(platform, tenants=tenants)))
    assert max(len(name) for name in found) <= 200
    assert sorted(org for name in found for org in name.split("|")) == sorted(
        ["platform", *(tenant.id for tenant in tenants)]
    )
