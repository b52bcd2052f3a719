from dataclasses import replace
from pathlib import Path

import pytest
from support import sample
from support.sites import native_site

from platformctl.checks.objectives_are_measured import objectives_are_measured
from platformctl.model.platform import Platform
from platformctl.model.problem import Level
from platformctl.sources.definitions import load_platform


@pytest.fixture(scope="module")
def platform() -> Platform:
    return load_platform(Path(__file__).parents[3])


def test_a_site_with_the_gateway_and_a_platform_without_objectives_are_right(platform: Platform) -> None:
    assert list(objectives_are_measured(platform, native_site(platform))) == []
    assert list(objectives_are_measured(sample.PLATFORM, native_site(sample.PLATFORM))) == []


def test_a_site_without_what_counts_is_told(platform: Platform) -> None:
    (problem,) = objectives_are_measured(platform, native_site(platform, without=("gateway",)))
    assert problem.level is Level.WARNING
    assert problem.what.startswith("gateway does not run here, so error budgets")
    assert problem.where == "alerts_src/slo.py"


def test_a_platform_in_which_nothing_serves_tenants_is_told(platform: Platform) -> None:
    bare = replace(platform, components=tuple(replace(c, serves_tenants=False) for c in platform.components))
    (problem,) = objectives_are_measured(bare, native_site(bare))
    assert problem.what.startswith("no component serves tenants, so")
