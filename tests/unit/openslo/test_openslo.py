"""Objectives as OpenSLO v1: valid by its own schemas, exact there and back, and put into our files by the line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from platformctl.app.openslo import import_objectives
from platformctl.errors import DefinitionError
from platformctl.model.tenancy import Objective, Service, Tenant, Tier, Vertical
from platformctl.model.units import Duration, days, milliseconds
from platformctl.render.openslo import render_openslo
from platformctl.sinks.objectives import with_objective
from platformctl.sources.openslo import Promise, read_openslo
from platformctl.sources.tenants import load_services, load_tenants, load_tiers

REPOSITORY = Path(__file__).parents[3]
SCHEMAS = [p / "shared/schemas/openslo" for p in Path(__file__).resolve().parents]

TARGETS = st.integers(1, 999_999).map(lambda n: Decimal(n).scaleb(-6))
WINDOWS = st.integers(1, 90).map(days)
OBJECTIVES = st.lists(
    st.builds(
        Objective,
        sli=st.sampled_from(["availability", "latency", "freshness"]),
        target=TARGETS,
        window=WINDOWS,
        latency_threshold=st.one_of(st.none(), st.integers(1, 60_000).map(milliseconds)),
    ),
    unique_by=lambda o: o.sli,
    max_size=3,
).map(tuple)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?", fullmatch=True)


def tier(name: str, objectives: tuple[Objective, ...]) -> Tier:
    return Tier(name=name, rank=0, objectives=objectives, requests_per_minute=1)


def tenant(name: str, objectives: tuple[Objective, ...]) -> Tenant:
    return Tenant(
        id=name, name="A tenant: “of ours”", vertical=Vertical.B2B, tier="gold", objectives=objectives
    )


@pytest.fixture(scope="module")
def judge() -> Draft7Validator:
    """OpenSLO's own schemas."""
    folder = next((p for p in SCHEMAS if p.is_dir()), None)
    if folder is None:
        pytest.skip("OpenSLO's schemas (shared/schemas/openslo) are not on this machine")
    loaded = [json.loads(file.read_text()) for file in (folder / "schemas/v1").rglob("*.json")]
    registry = Registry().with_resources(
        (one["$id"], Resource.from_contents(one | {"$schema": "http://json-schema.org/draft-07/schema#"}))
        for one in loaded
    )
    (whole,) = (one for one in loaded if one["title"] == "OpenSLO")
    return Draft7Validator(whole | {"$schema": "http://json-schema.org/draft-07/schema#"}, registry=registry)


def written(folder: Path, text: str) -> Path:
    file = folder / "objectives.yml"
    file.write_text(text)
    return file


def test_what_is_shipped_is_valid_by_openslos_own_schemas(judge: Draft7Validator) -> None:
    tiers, services = load_tiers(REPOSITORY), load_services(REPOSITORY)
    text = render_openslo(tiers, load_tenants(REPOSITORY, tiers), services)
    documents = list(yaml.safe_load_all(text))
    assert [error.message for document in documents for error in judge.iter_errors(document)] == []
    assert [d["kind"] for d in documents].count("SLO") == sum(
        len(owner.objectives) for owner in (*tiers, *services)
    )


def test_openslos_own_schemas_refuse_a_broken_document(judge: Draft7Validator) -> None:
    """Otherwise the test above could not fail."""
    (*_, document) = yaml.safe_load_all(
        render_openslo(
            [tier("gold", (Objective(sli="latency", target=Decimal("0.9"), window=days(30)),))], []
        )
    )
    document["spec"]["objectives"][0]["target"] = 99.9
    assert list(judge.iter_errors(document)) != []


@settings(max_examples=30, deadline=None)
@given(
    tiers=st.dictionaries(NAMES, OBJECTIVES, max_size=4),
    tenants=st.dictionaries(NAMES, OBJECTIVES, max_size=4),
    services=st.dictionaries(NAMES, OBJECTIVES, max_size=4),
)
def test_objectives_come_back_as_they_went(
    tiers: dict[str, tuple[Objective, ...]],
    tenants: dict[str, tuple[Objective, ...]],
    services: dict[str, tuple[Objective, ...]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = render_openslo(
        [tier(name, o) for name, o in tiers.items()],
        [tenant(name, o) for name, o in tenants.items()],
        [Service(name=name, objectives=o) for name, o in services.items()],
    )
    read = read_openslo(written(tmp_path_factory.mktemp("openslo"), text))
    assert read.left_out == ()
    assert set(read.promises) == {
        Promise(kind=kind, owner=owner, objective=objective)
        for kind, owners in (("tier", tiers), ("tenant", tenants), ("service", services))
        for owner, objectives in owners.items()
        for objective in objectives
    }


def test_a_target_that_a_number_cannot_hold_is_refused() -> None:
    fine = Objective(sli="latency", target=Decimal("0.99999999999999999999"), window=days(30))
    with pytest.raises(DefinitionError, match="too many digits"):
        render_openslo([tier("gold", (fine,))], [])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("slo-no-indicatorref-rolling-alerts.yaml", "its window 1M has no fixed length"),
        ("slo-no-indicatorref-calendar-alerts.yaml", "its window is no rolling one"),
    ],
)
def test_a_foreign_slo_is_left_out_with_its_reason(file: str, reason: str, tmp_path: Path) -> None:
    folder = next((p for p in SCHEMAS if p.is_dir()), None)
    if folder is None:
        pytest.skip("OpenSLO's samples (shared/schemas/openslo) are not on this machine")
    text = (folder / "testdata/v1/slo" / file).read_text().replace("foo-error", "availability")
    assert read_openslo(written(tmp_path, text)).left_out == (
        "test-slo: no label says for which tier, tenant or service it is (--tier names one)",
    )
    assert read_openslo(written(tmp_path, text), tier="gold").left_out == (f"test-slo: {reason}",)


def test_a_malformed_slo_is_told_with_its_line(tmp_path: Path) -> None:
    text = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n---\n"
    text += "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec: {service: x, objectives: []}\n"
    file = written(tmp_path, text)
    with pytest.raises(DefinitionError, match="budgetingMethod") as raised:
        read_openslo(file)
    assert raised.value.where == f"{file}:6"
    with pytest.raises(DefinitionError, match="not a document of openslo/v1"):
        read_openslo(written(tmp_path, "apiVersion: openslo/v2\n"))


TIERS = """# What is promised.
tiers:
  - name: gold   # the best
    rank: 1
    requests_per_minute: 600
    objectives:
      - {sli: availability, target: "0.999", window: 30d}  # three nines
      - sli: latency
        target: "0.9"
        window: 30d
        latency_threshold: 500ms

  # the rest
  - {name: bronze, rank: 0, requests_per_minute: 60, objectives: [{sli: availability, target: "0.9", window: 30d}]}
"""
TENANTS = """tenants:
  - {id: grand-hotel, name: Grand Hotel, vertical: hotels, tier: gold}
  - id: corner-gym
    name: Corner Gym
    vertical: gyms
    tier: bronze  # for now
"""


def promise(sli: str, target: str, threshold: Duration | None = None) -> Objective:
    return Objective(sli=sli, target=Decimal(target), window=days(30), latency_threshold=threshold)


@pytest.mark.parametrize(
    ("owner", "objective", "before", "after"),
    [
        ("gold", promise("availability", "0.9995"), '"0.999", window', '"0.9995", window'),
        (
            "gold",
            promise("latency", "0.95", milliseconds(250)),
            'sli: latency\n        target: "0.9"\n        window: 30d\n        latency_threshold: 500ms',
            '{sli: latency, target: "0.95", window: 30d, latency_threshold: 250ms}',
        ),
        (
            "gold",
            promise("freshness", "0.9"),
            "500ms\n",
            '500ms\n      - {sli: freshness, target: "0.9", window: 30d}\n',
        ),
        (
            "bronze",
            promise("freshness", "0.9"),
            "30d}]}",
            '30d}, {sli: freshness, target: "0.9", window: 30d}]}',
        ),
    ],
)
def test_only_the_objective_changes_in_the_text(
    owner: str, objective: Objective, before: str, after: str
) -> None:
    assert with_objective(TIERS, ("tiers", "name", owner), objective) == TIERS.replace(before, after)


def test_a_tenant_without_objectives_gets_them() -> None:
    own = '[{sli: availability, target: "0.9999", window: 30d}]'
    objective = promise("availability", "0.9999")
    assert with_objective(TENANTS, ("tenants", "id", "grand-hotel"), objective) == TENANTS.replace(
        "tier: gold}", f"tier: gold, objectives: {own}}}"
    )
    block = with_objective(TENANTS, ("tenants", "id", "corner-gym"), objective)
    assert yaml.safe_load(block)["tenants"][1]["objectives"] == yaml.safe_load(own)


def test_an_import_writes_what_is_loaded_again(tmp_path: Path) -> None:
    for folder in ("alerts_src", "compose", "slas"):
        (tmp_path / folder).mkdir()
    (tmp_path / "slas/tiers.yml").write_text(TIERS)
    (tmp_path / "slas/tenants.yml").write_text(TENANTS)
    wanted = [tier("gold", (promise("availability", "0.9995"),))]
    contracts = [tenant("corner-gym", (promise("availability", "0.99"),))]
    file = written(tmp_path, render_openslo(wanted, contracts))

    def run(*, write: bool) -> list[str]:
        found = import_objectives(tmp_path, start=tmp_path, file=file, tier="", write=write)
        return [change.promise.owner for change in found.changes]

    assert run(write=False) == ["gold", "corner-gym"]
    assert (tmp_path / "slas/tiers.yml").read_text() == TIERS
    assert run(write=True) == ["gold", "corner-gym"]
    assert run(write=True) == []
    impossible = render_openslo([tier("gold", (promise("availability", "0.5"),))], [])
    file.write_text(impossible)
    before = (tmp_path / "slas/tiers.yml").read_text()
    with pytest.raises(DefinitionError):
        run(write=True)
    assert (tmp_path / "slas/tiers.yml").read_text() == before


def test_a_services_objective_comes_in_by_the_line(tmp_path: Path) -> None:
    """A whole workspace: what is imported is loaded as every command loads it."""
    (tmp_path / "slas").mkdir()
    for name in ("tiers", "tenants", "services"):
        (tmp_path / f"slas/{name}.yml").write_text((REPOSITORY / f"slas/{name}.yml").read_text())
    for folder in ("alerts_src", "compose"):
        (tmp_path / folder).mkdir()
    stricter = render_openslo([], [], [Service(name="edge", objectives=(promise("freshness", "0.999"),))])
    file = written(tmp_path, stricter)
    imported = import_objectives(tmp_path, start=tmp_path, file=file, tier="", write=True)
    assert [(c.promise.owner, c.promise.objective.target) for c in imported.changes] == [
        ("edge", Decimal("0.999"))
    ]
    changed = {s.name: s.objectives for s in load_services(tmp_path)}
    before = {s.name: s.objectives for s in load_services(REPOSITORY)}
    assert changed == before | {"edge": (promise("freshness", "0.999"),)}
