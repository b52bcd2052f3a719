"""Contracts come from YAML; a wrong line is named before it can forgive nobody."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from platformctl.errors import DefinitionError
from platformctl.sources.terms import load_terms

TIERS = """
tiers:
  - name: gold
    rank: 1
    requests_per_minute: 10
    objectives:
      - {sli: availability, target: "0.999", window: 30d}
      - {sli: latency, target: "0.99", window: 30d, latency_threshold: 500ms}
"""
TENANTS = """
tenants:
  - {id: inn, name: Inn, vertical: hotels, tier: gold}
  - id: grand
    name: Grand
    vertical: hotels
    tier: gold
    objectives:
      - {sli: availability, target: "0.9999", window: 30d}
"""
CREDITS = """
credits:
  - tiers: [gold]
    basis: worse
    steps:
      - {below: "0.999", percent: "10"}
      - {below: "0.99", percent: "25.5"}
"""
MAINTENANCE = """
exclusions:
  - id: upgrade
    start: "2026-10-25T02:00+02:00"
    end: "2026-10-25T03:00+01:00"
    reason: Upgrade
    tenants: [inn]
"""


def lay(root: Path, **changed: str) -> Path:
    (root / "slas").mkdir()
    texts = {"tiers": TIERS, "tenants": TENANTS, "credits": CREDITS, "maintenance": MAINTENANCE} | changed
    for name, text in texts.items():
        (root / "slas" / f"{name}.yml").write_text(text)
    return root


def test_terms_are_read_exactly(tmp_path: Path) -> None:
    terms = load_terms(lay(tmp_path))
    (table,), (exclusion,) = terms.credits, terms.exclusions
    assert [step.percent for step in table.steps] == [Decimal(10), Decimal("25.5")]
    assert exclusion.when.start == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert exclusion.when.minutes == 120  # the hour in which clocks go back is two


def test_a_contract_of_its_own_wins_over_the_tier(tmp_path: Path) -> None:
    terms = load_terms(lay(tmp_path))
    grand, inn = terms.tenants
    promised = [terms.objective(tenant, "availability") for tenant in (grand, inn)]
    assert [o.target for o in promised if o] == [Decimal("0.9999"), Decimal("0.999")]
    assert terms.threshold(grand, "latency") == "500ms"


def test_credits_and_maintenance_may_be_left_out(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "slas" / "credits.yml").unlink()
    (tmp_path / "slas" / "maintenance.yml").unlink()
    terms = load_terms(tmp_path)
    assert (terms.credits, terms.exclusions) == ((), ())


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "says"),
    [
        ("maintenance", "[inn]", "[in]", 3, "unknown tenants: in"),
        ("maintenance", "03:00+01:00", "01:00+02:00", 3, "cannot start at"),
        ("maintenance", "T02:00+02:00", "T02:00", 4, "does not match"),
        ("maintenance", "T02:00+02:00", "T02:00:30+02:00", 4, "does not match"),
        ("maintenance", "reason: Upgrade", "reason: ''", 6, "should be non-empty"),
        ("credits", "tiers: [gold]", "tiers: [golden]", 3, "unknown tiers: golden"),
        ("credits", '"25.5"', '"5"', 3, "below 0.99 owes 5 %, after 10 %"),
        ("credits", '"25.5"', '"250"', 7, "does not match"),
        ("credits", "basis: worse", "basis: better", 4, "is not one of"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(
    tmp_path: Path, file: str, before: str, after: str, line: int, says: str
) -> None:
    text = {"credits": CREDITS, "maintenance": MAINTENANCE}[file].replace(before, after)
    lay(tmp_path, **{file: text})
    with pytest.raises(DefinitionError) as caught:
        load_terms(tmp_path)
    assert says in caught.value.what
    assert caught.value.where == f"slas/{file}.yml:{line}"
