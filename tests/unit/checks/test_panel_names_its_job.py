from dataclasses import replace

import pytest
from unit.checks.panels import PANEL, with_panel

from platformctl.checks.panel_names_its_job import panel_names_its_job
from platformctl.model.panel import Query


def _told(expr: str) -> list[str]:
    return [
        problem.what
        for problem in panel_names_its_job(with_panel(replace(PANEL, queries=(Query(expr=expr),))))
    ]


def test_the_memory_of_all_processes_together_is_found() -> None:
    assert _told("sum(process_resident_memory_bytes)") == [
        "panel 'Errors' of shop mixes process_resident_memory_bytes of all jobs"
    ]


@pytest.mark.parametrize(
    "expr",
    ["sum by (job) (process_open_fds)", 'sum(process_open_fds{job="api"})', "process_open_fds", "sum(up)"],
)
def test_a_job_that_is_chosen_or_shown_is_well(expr: str) -> None:
    assert _told(expr) == []
