from dataclasses import replace

from support import sample
from unit.logs.conftest import SAMPLE

from platformctl.checks.log_streams_fit_the_limit import log_streams_fit_the_limit
from platformctl.model.logs import LogPipeline


def whats(pipeline: LogPipeline) -> list[str]:
    platform = replace(sample.PLATFORM, log_pipelines=(pipeline,))
    return [problem.what for problem in log_streams_fit_the_limit(platform)]


def test_services_times_levels_within_the_limit_pass() -> None:
    assert whats(SAMPLE) == []


def test_one_label_more_multiplies_the_streams() -> None:
    wide = replace(SAMPLE, labels=(*SAMPLE.labels, "region"))
    services = len(sample.PLATFORM.components)
    assert whats(wide) == [f"a tenant of tier gold may make {services * 60} streams, and has 100"]
