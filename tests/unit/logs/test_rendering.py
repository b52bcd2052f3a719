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
from platformctl.model.log_limits import FloodLimit
from platformctl.model.logs import OPERATORS, Redaction
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.render import alloy, loki, promtail
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
    assert overrides["lumiere"] == (
        {
            "ingestion_rate_mb": 4,
            "ingestion_burst_size_mb": 8,
            "max_global_streams_per_user": 100,
            "retention_period": "90d",
        }
    )
    assert "yoga-loft" not in overrides


def test_loki_asks_for_a_tenant_and_keeps_streams_as_long_as_stated(platform: Platform, site: Site) -> None:
    config = _yaml(loki.render(platform, site), "loki/loki.yml")
    assert config["auth_enabled"] is True
    assert config["compactor"]["retention_enabled"] is True
    assert config["limits_config"]["retention_period"] == "30d"
    assert config["limits_config"]["retention_stream"] == [
        {"selector": '{level="debug"}', "priority": 3, "period": "2d"}
    ]


def test_the_operators_organisation_has_streams_of_every_tenant_and_keeps_all_lines_alike(
    platform: Platform, site: Site
) -> None:
    limits = _yaml(loki.render(platform, site), "loki/overrides.yml")["overrides"][OPERATORS]
    assert (limits["max_global_streams_per_user"], limits["retention_period"]) == (5000, "2d")
    assert limits["max_query_series"] == 5000
    assert limits["retention_stream"] == []


def test_promtail_reads_the_same_files_twice_by_two_names(platform: Platform, site: Site) -> None:
    own, copy = _yaml(promtail.render(platform, site), "promtail/promtail.yml")["scrape_configs"]
    found = [job["static_configs"][0]["labels"]["__path__"] for job in (own, copy)]
    if site.runtime is RuntimeName.NATIVE:
        assert found == ["logs/*.log", "/proc/self/cwd/logs/*.log"]
    else:
        files = "/var/lib/docker/containers/*/*-json.log"
        assert found == [files, f"/proc/self/root{files}"]
    assert {"tenant": {"value": OPERATORS}} in copy["pipeline_stages"]
    assert {"tenant": {"label": "tenant"}} in own["pipeline_stages"]


def test_a_pipeline_without_a_copy_is_read_once(platform: Platform, site: Site) -> None:
    alone = replace(platform, log_pipelines=(replace(SAMPLE, copy=None),))
    assert len(_yaml(promtail.render(alone, site), "promtail/promtail.yml")["scrape_configs"]) == 1
    assert OPERATORS not in _yaml(loki.render(alone, site), "loki/overrides.yml")["overrides"]
    assert OPERATORS not in next(alloy.render(alone, site)).content.decode()


def test_secrets_are_replaced_before_any_field_is_read(platform: Platform, site: Site) -> None:
    job, _ = _yaml(promtail.render(platform, site), "promtail/promtail.yml")["scrape_configs"]
    kinds = [next(iter(stage)) for stage in job["pipeline_stages"]]
    read = len(kinds) - kinds[::-1].index("json") - 1  # before it another one may unwrap the engine's line
    assert "replace" in str(job["pipeline_stages"][:read])
    assert "replace" not in str(job["pipeline_stages"][read:])


def test_a_slow_pattern_is_only_tried_on_lines_with_its_words(platform: Platform, site: Site) -> None:
    redaction = Redaction(name="key", pattern='"key": "([^"]+)"', only_with=("key", "a.b"))
    guarded = replace(platform, log_pipelines=(replace(SAMPLE, redactions=(redaction,)),))
    job, _ = _yaml(promtail.render(guarded, site), "promtail/promtail.yml")["scrape_configs"]
    matches = {
        stage["match"]["selector"]: stage["match"] for stage in job["pipeline_stages"] if "match" in stage
    }
    marked = matches[r'{environment="production"} != "key" != "a.b"']
    assert marked["stages"] == [{"static_labels": {"has_no_word": "yes"}}]
    [outer] = [match for match in matches.values() if "replace" in str(match)]
    assert outer["selector"] == '{environment="production", has_no_word!="yes"}'
    replaced = {"replace": {"expression": '"key": "([^"]+)"', "replace": "[redacted]"}}
    assert outer["stages"][0]["match"]["stages"] == [replaced]


def test_a_field_may_have_another_name_in_the_line(platform: Platform, site: Site) -> None:
    renamed = replace(SAMPLE, tenant_field="org.id")
    job, _ = _yaml(
        promtail.render(replace(platform, log_pipelines=(renamed,)), site), "promtail/promtail.yml"
    )["scrape_configs"]
    expressions = [stage["json"] for stage in job["pipeline_stages"] if "json" in stage][-1]["expressions"]
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


def test_a_tenants_flood_is_limited_by_its_label_once_that_is_sound(platform: Platform, site: Site) -> None:
    limited = replace(SAMPLE, flood=FloodLimit(lines_per_s=10, burst=100))
    rendered = _yaml(
        promtail.render(replace(platform, log_pipelines=(limited,)), site), "promtail/promtail.yml"
    )
    stages = rendered["scrape_configs"][0]["pipeline_stages"]
    at = next(index for index, stage in enumerate(stages) if "limit" in stage)
    assert stages[at]["limit"].items() >= {"rate": 10, "burst": 100, "by_label_name": "tenant"}.items()
    assert stages[at - 1]["match"]["stages"] == [{"static_labels": {"tenant": "platform"}}]


def test_rules_over_log_lines_are_one_folder_whatever_the_number_of_tenants(
    platform: Platform, site: Site
) -> None:
    tenants = tuple(replace(platform.tenants[0], id=f"tenant-{number:04}") for number in range(1000))
    for of in (platform, replace(platform, tenants=tenants)):
        names = [artifact.path for artifact in loki.render(of, site) if "/rules/" in artifact.path]
        assert names == [f"loki/rules/{OPERATORS}/logs.yml"]
