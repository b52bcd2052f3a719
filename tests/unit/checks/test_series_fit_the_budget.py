from dataclasses import replace

from support import sample

from platformctl.checks.series_fit_the_budget import BUDGET, series_fit_the_budget
from platformctl.model.metric import MetricType
from platformctl.model.platform import Platform


def with_tenants(count: int) -> Platform:
    """So many tenants, each with a thousand series."""
    (tenant,) = sample.PLATFORM.tenants
    wide = replace(sample.metric("tenant_clicks_total", MetricType.COUNTER, "tenant"), max_series=1000)
    return replace(
        sample.PLATFORM,
        metrics=(wide,),
        tenants=tuple(replace(tenant, id=f"tenant-{at}") for at in range(count)),
    )


def test_the_sample_platform_is_right() -> None:
    assert list(series_fit_the_budget(sample.PLATFORM)) == []


def test_the_budget_may_be_spent_to_the_last_series() -> None:
    assert list(series_fit_the_budget(with_tenants(BUDGET // 1000))) == []


def test_one_tenant_more_is_too_many() -> None:
    (problem,) = series_fit_the_budget(with_tenants(BUDGET // 1000 + 1))
    assert problem.what == "2,001 tenants may make 2,001,000 series; the budget is 2,000,000"
    assert "tenant_clicks_total" in problem.fix
