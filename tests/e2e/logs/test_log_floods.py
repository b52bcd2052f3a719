"""A tenant's flood is cut at the agent, whichever it is, and nobody else loses a line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.logs.conftest import Stack, another_agent
from support.watch import until

from platformctl.model.log_limits import FloodLimit

pytestmark = pytest.mark.e2e
BURST = 40


@pytest.mark.parametrize("agent", ["PROMTAIL", "ALLOY"])
def test_a_flooding_tenant_is_cut_at_its_limit_and_another_loses_nothing(
    stack: Stack, tmp_path: Path, agent: str
) -> None:
    service = f"flooded-{agent.lower()}"
    pipeline = replace(stack.platform.log_pipelines[0], flood=FloodLimit(lines_per_s=1, burst=BURST))
    run = another_agent(stack, agent, pipeline, folder=tmp_path)
    flood = [{"tenant": "lumiere", "service": service, "n": n} for n in range(500)]
    calm = [{"tenant": "grand-hotel", "service": service, "n": n} for n in range(BURST)]
    mixed = [*flood[:250], *calm, *flood[250:]]
    (tmp_path / "logs" / "api.log").write_text("".join(f"{json.dumps(line)}\n" for line in mixed))
    with run():
        until(
            lambda: len(stack.lines("grand-hotel", service=service)) == BURST or None, "the calm one's lines"
        )
        until(lambda: stack.lines("lumiere", service=service), "some of the other's lines")
    assert BURST <= len(stack.lines("lumiere", service=service)) < BURST + 30
