"""What a deployment is given follows from its tenants and its size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import compose_sample, sample

from platformctl.errors import DefinitionError
from platformctl.model import sizes
from platformctl.model.component import Component, Profile
from platformctl.model.deployment import Deployment, Size
from platformctl.model.metric import Metric, MetricType
from platformctl.model.platform import Platform
from platformctl.model.tenancy import Tenant, Vertical

PER_TENANT = Metric(
    name="visits_total",
    type=MetricType.COUNTER,
    help="Visits.",
    source="shop",
    labels=("tenant",),
    max_series=50,
)


def platform(tenants: int, size: Size = Size.SMALL) -> Platform:
    return replace(
        sample.PLATFORM,
        tenants=tuple(
            Tenant(id=f"t{n}", name=f"Tenant {n}", vertical=Vertical.HOTELS, tier="gold")
            for n in range(tenants)
        ),
        metrics=(PER_TENANT,),
        components=compose_sample.CORE,
        deployment=Deployment(size=size),
    )


def prometheus(of: Platform) -> Component:
    return next(c for c in sizes.sized(of).components if c.name == "prometheus")


def test_a_metric_of_tenants_makes_its_series_for_each_of_them() -> None:
    one, many = sizes.need(platform(1)), sizes.need(platform(1_001))
    assert many.series - one.series == 1_000 * 50


@pytest.mark.parametrize(
    ("tenants", "size"), [(10, Size.SMALL), (101, Size.MEDIUM), (5_000, Size.LARGE), (50_000, None)]
)
def test_the_smallest_size_that_holds_the_tenants_is_named(tenants: int, size: Size | None) -> None:
    assert sizes.need(platform(tenants)).size == size


def test_one_tenant_more_changes_no_limit() -> None:
    assert sizes.sized(platform(1)).components == sizes.sized(platform(2)).components


def test_memory_grows_with_the_series_of_the_size() -> None:
    base = compose_sample.container(compose_sample.core("prometheus")).memory_mb
    small, large = (
        compose_sample.container(prometheus(platform(1, s))).memory_mb for s in (Size.SMALL, Size.LARGE)
    )
    assert base < small < large
    assert (large - small) * 1024 == pytest.approx((2_000_000 - 100_000) * 8, rel=0.01)


@pytest.mark.parametrize(
    ("size", "kept", "cpus"), [("small", "32d", 1), ("medium", "63d", 2), ("large", "94d", 4)]
)
def test_the_size_chooses_history_and_cpus_for_both_runtimes(size: str, kept: str, cpus: float) -> None:
    found = prometheus(platform(1, Size(size)))
    assert found.native is not None
    flag = f"--storage.tsdb.retention.time={kept}"
    assert flag in compose_sample.container(found).command
    assert flag in found.native.args
    assert compose_sample.container(found).cpus == cpus


def test_history_holds_a_whole_month_in_the_smallest_size() -> None:
    assert all(scale.history.seconds > 31 * 86_400 for scale in sizes.SCALES.values())


def test_a_smaller_profile_is_part_of_every_larger_one() -> None:
    def names(profile: Profile) -> set[str]:
        return {c.name for c in compose_sample.CORE if Deployment(profile=profile).has(c)}

    assert names(Profile.MINIMAL) < names(Profile.STANDARD) <= names(Profile.FULL)
    assert names(Profile.MINIMAL) == {"prometheus", "alertmanager", "node-exporter"}


def test_the_demo_is_no_profile_of_its_own() -> None:
    with pytest.raises(DefinitionError, match="no profile of its own"):
        Deployment(profile=Profile.DEMO)
