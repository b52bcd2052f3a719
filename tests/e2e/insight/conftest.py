"""One Prometheus with the two weeks, and a workspace whose tenants go with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "sla"))

import history_files
from insights import TIERS, Insights
from support import insight_history


@pytest.fixture(scope="session")
def insights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insights]:
    if absent := history_files.missing():
        pytest.skip(f"{absent} is not installed")
    folder = tmp_path_factory.mktemp("insight")
    for name in ("alerts_src", "compose", "slas"):
        (folder / name).mkdir()
    (folder / "slas/tiers.yml").write_text(TIERS)
    tenants = {**{t: v[:2] for t, v in insight_history.TENANTS.items()}, "x1": ("retail", "bronze")}
    lines = (
        f'  - {{id: {name}, name: "Name of {name}", vertical: {vertical}, tier: {tier}}}\n'
        for name, (vertical, tier) in tenants.items()
    )
    (folder / "slas/tenants.yml").write_text("tenants:\n" + "".join(lines))
    insight_history.write(folder / "weeks.om")
    history_files.make_blocks(folder / "weeks.om", folder / "data")
    with history_files.serving(folder / "data") as url:
        yield Insights(folder, url)
