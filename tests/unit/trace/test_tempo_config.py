"""Tempo's and the collector's configuration: every name is documented, and spans are counted before any is dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.sample import PLATFORM

from platformctl.model.site import Place, RuntimeName, Site
from platformctl.render import tempo
from platformctl.render.alloy_syntax import Block, Reference


def place(http: int, otlp: int) -> Place:
    listen = {"http": f"0.0.0.0:{http}", "otlp": f"0.0.0.0:{otlp}"}
    return Place(
        listen=listen, reach=listen, published=listen, config="/etc", data="/var/tempo", release="/r"
    )


@pytest.fixture
def site() -> Site:
    places = {"tempo": place(3200, 4320), "collector": place(12346, 4318), "prometheus": place(9090, 1)}
    return Site(runtime=RuntimeName.COMPOSE, places=places, secrets_folder="/run/secrets")


def test_tempo_listens_keeps_for_a_week_and_reports_to_nobody(site: Site) -> None:
    [config, _] = tempo.render(PLATFORM, site)
    document = yaml.safe_load(config.content)
    assert config.path == "tempo/tempo.yml"
    assert document["distributor"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"] == "0.0.0.0:4320"
    assert document["backend_worker"]["compaction"]["block_retention"] == "168h"
    assert document["usage_report"] == {"reporting_enabled": False}
    # Removed in Tempo 3.0: it refuses to start on them.
    assert not {"ingester", "compactor", "ingester_client", "metrics_generator_client"} & document.keys()


def test_nothing_is_rendered_for_what_does_not_run() -> None:
    nowhere = Site(runtime=RuntimeName.NATIVE, places={}, secrets_folder="s")
    assert list(tempo.render(PLATFORM, nowhere)) == []


def test_spans_are_counted_before_traces_are_dropped(site: Site) -> None:
    blocks = {block.name: block for block in tempo.blocks(site)}
    assert onward(blocks["otelcol.receiver.otlp"]) == {
        "otelcol.connector.spanmetrics.services.input", "otelcol.processor.tail_sampling.traces.input",
    }  # fmt: skip
    assert onward(blocks["otelcol.processor.tail_sampling"]) == {"otelcol.processor.batch.traces.input"}


def onward(block: Block) -> set[str]:
    [output] = [inner for inner in block.blocks if inner.name == "output"]
    traces = output.arguments["traces"]
    assert isinstance(traces, list)
    return {one.expression for one in traces if isinstance(one, Reference)}


def test_errors_and_slow_traces_are_kept_whole(site: Site) -> None:
    [sampling] = [block for block in tempo.blocks(site) if block.name == "otelcol.processor.tail_sampling"]
    policies = {b.arguments["type"]: b.blocks[0].arguments for b in sampling.blocks if b.name == "policy"}
    assert policies["status_code"] == {"status_codes": ["ERROR"]}
    assert policies["latency"] == {"threshold_ms": 1000}
    assert policies["probabilistic"] == {"sampling_percentage": 10}


def test_every_reference_leads_to_a_block_of_the_file(site: Site) -> None:
    blocks = list(tempo.blocks(site))
    made = {f"{block.name}.{block.label}" for block in blocks if block.label}
    named = {reference.rpartition(".")[0] for block in blocks for reference in references(block)}
    assert named <= made


def references(block: Block) -> Iterator[str]:
    for value in block.arguments.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Reference):
                yield one.expression
    for inner in block.blocks:
        yield from references(inner)


@pytest.fixture(scope="session")
def documented() -> dict:
    for parent in Path(__file__).resolve().parents:
        file = parent / "shared" / "schemas" / "alloy-components.json"
        if file.is_file():
            return json.loads(file.read_text())["components"]
    pytest.skip(
        "the list of Alloy's components (shared/schemas/alloy-components.json) is not on this machine"
    )


def test_alloy_documents_every_component_block_and_argument(site: Site, documented: dict) -> None:
    for block in tempo.blocks(site):
        if block.label:
            known = documented[block.name]
            assert block.arguments.keys() <= known["arguments"].keys(), block.name
            for inner in below(block):
                assert inner.name in known["block_arguments"], (block.name, inner.name)
                assert inner.arguments.keys() <= known["block_arguments"][inner.name].keys(), inner.name


def below(block: Block) -> Iterator[Block]:
    for inner in block.blocks:
        yield inner
        yield from below(inner)
