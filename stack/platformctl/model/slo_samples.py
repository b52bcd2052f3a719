"""Input series for the tests of SLO alerts, in promtool's notation."""

from __future__ import annotations

from typing import Final

from platformctl.model.rules import InputSeries

WEEK_OF_HISTORY: Final = InputSeries(
    series='slo:heartbeat:increment1h{of="the week before"}', values="60x9999"
)
"""Heartbeats of 10,080 minutes within the first three hours of a test, beside those that the rules record."""


def tier(name: str, *, availability: str = "0.999", latency: str = "0.99") -> tuple[InputSeries, ...]:
    """The objectives of a tier, and its latency threshold of half a second."""
    return (
        constant(f'slo:tier_objective:ratio{{tier="{name}", slo="availability"}}', availability),
        constant(f'slo:tier_objective:ratio{{tier="{name}", slo="latency"}}', latency),
        constant(f'slo:tier_latency_bound:info{{tier="{name}", le="0.5"}}', "1"),
    )


def constant(series: str, value: str) -> InputSeries:
    """A series that never changes."""
    return InputSeries(series=series, values=f"{value}x9999")


def tenant(name: str, *, tier: str = "test", vertical: str = "hotels") -> InputSeries:
    """The facts of a tenant."""
    return constant(f'tenant_info{{tenant="{name}", tier="{tier}", vertical="{vertical}"}}', "1")


def agreed(objectives: int) -> InputSeries:
    """How many objectives contracts agree on, beside those of the workspace."""
    return constant('slo:agreed_objectives:count{of="a test"}', str(objectives))


def objective(tenant: str, target: str, *, sli: str = "availability") -> InputSeries:
    """What the contract of one tenant promises, as it is served."""
    return constant(f'tenant_objective_ratio{{tenant="{tenant}", slo="{sli}"}}', target)


def answers(tenant: str, status_class: str, values: str) -> InputSeries:
    """The gateway's counter of a tenant's answers of one status class."""
    chosen = f'job="edge", instance="edge", tenant="{tenant}", status_class="{status_class}"'
    return InputSeries(series=f"edge_requests_total{{{chosen}}}", values=values)


def durations(tenant: str, *, under_half_a_second: str, all_: str) -> tuple[InputSeries, ...]:
    """The gateway's histogram of a tenant's response times, as far as the rules read it."""
    chosen = f'job="edge", instance="edge", tenant="{tenant}"'
    name = "edge_request_duration_seconds"
    return (
        InputSeries(series=f'{name}_bucket{{{chosen}, le="0.5"}}', values=under_half_a_second),
        InputSeries(series=f'{name}_bucket{{{chosen}, le="2.5"}}', values=all_),
        InputSeries(series=f'{name}_bucket{{{chosen}, le="+Inf"}}', values=all_),
        InputSeries(series=f"{name}_count{{{chosen}}}", values=all_),
    )


def labels(tenant: str, *, sli: str = "availability", vertical: str = "hotels") -> dict[str, str]:
    """The labels of an alert on a tenant of the tier `test`."""
    return {"tenant": tenant, "slo": sli, "tier": "test", "vertical": vertical}
