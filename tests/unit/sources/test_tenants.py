"""Tenants come from YAML that someone without Python can edit; errors name the line."""

from decimal import Decimal
from pathlib import Path

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.units import milliseconds
from platformctl.sources import tenants

TIERS = """
tiers:
  - name: gold
    rank: 2
    requests_per_minute: 1000
    objectives:
      - {sli: availability, target: "0.999", window: 30d}
      - {sli: latency, target: "0.99", window: 30d, latency_threshold: 500ms}
  - name: bronze
    rank: 1
    requests_per_minute: 100
    objectives: []
"""
TENANTS = """
tenants:
  - {id: yes-hotel, name: "On", vertical: hotels, tier: gold}
  - id: a-gym
    name: A Gym
    vertical: gyms
    tier: bronze
"""


def lay(root: Path, tenants_yml: str = TENANTS, tiers_yml: str = TIERS) -> Path:
    (root / "slas").mkdir()
    (root / "slas" / "tenants.yml").write_text(tenants_yml)
    (root / "slas" / "tiers.yml").write_text(tiers_yml)
    return root


def refused(root: Path) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        tenants.load_tenants(root, tenants.load_tiers(root))
    return caught.value


def test_tiers_come_by_rank_with_exact_targets(tmp_path: Path) -> None:
    bronze, gold = tenants.load_tiers(lay(tmp_path))
    assert (bronze.name, gold.name) == ("bronze", "gold")
    assert gold.objectives[0].target == Decimal("0.999")
    assert gold.objectives[1].latency_threshold == milliseconds(500)


def test_tenants_come_in_order_of_ids(tmp_path: Path) -> None:
    found = tenants.load_tenants(lay(tmp_path), tenants.load_tiers(tmp_path))
    assert [tenant.id for tenant in found] == ["a-gym", "yes-hotel"]


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("id: a-gym", "id: A_Gym", 4, "'A_Gym' does not match"),
        ("vertical: gyms", "vertical: spas", 6, "'spas' is not one of"),
        ("tier: bronze", "tier: silver", 4, "unknown tier 'silver'"),
        ("id: a-gym", "id: yes-hotel", 4, "'yes-hotel' is defined twice"),
        ("name: A Gym", "name: [A", 6, "not valid YAML"),
        ("name: A Gym", "nam: A Gym", 4, "'name' is a required property"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, before: str, after: str, line: int, says: str) -> None:
    error = refused(lay(tmp_path, TENANTS.replace(before, after)))
    assert says in error.what
    assert error.where == f"slas/tenants.yml:{line}"


def test_all_errors_of_a_document_are_told_at_once(tmp_path: Path) -> None:
    broken = TENANTS.replace("gyms", "spas").replace("hotels,", "motels,")
    message = str(refused(lay(tmp_path, broken)))
    assert "'motels'" in message
    assert "slas/tenants.yml:6: 'spas'" in message


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "slas" / "tenants.yml").unlink()
    assert refused(tmp_path).where == "slas/tenants.yml"


def test_yaml_tags_cannot_run_code(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    lay(
        tmp_path,
        f'tenants: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ["{marker}"]]',
    )
    assert "not valid YAML" in refused(tmp_path).what
    assert not marker.exists()
