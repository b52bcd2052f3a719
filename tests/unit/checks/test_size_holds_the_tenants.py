from dataclasses import replace

from support import sample

from platformctl.checks.size_holds_the_tenants import size_holds_the_tenants
from platformctl.model.deployment import Deployment, Size
from platformctl.model.platform import Platform


def platform(tenants: int, size: Size) -> Platform:
    (one,) = sample.PLATFORM.tenants
    many = tuple(replace(one, id=f"t{number}") for number in range(tenants))
    return replace(sample.PLATFORM, tenants=many, deployment=Deployment(size=size))


def test_as_many_as_the_size_is_made_for_are_right() -> None:
    assert list(size_holds_the_tenants(platform(100, Size.SMALL))) == []


def test_one_more_asks_for_the_next_size() -> None:
    (problem,) = size_holds_the_tenants(platform(101, Size.SMALL))
    assert problem.fix == "size=Size.MEDIUM"
    assert list(size_holds_the_tenants(platform(101, Size.MEDIUM))) == []


def test_what_no_size_holds_takes_another_architecture() -> None:
    (problem,) = size_holds_the_tenants(platform(10_001, Size.LARGE))
    assert problem.fix == "more than one Prometheus: docs/architecture.md"
