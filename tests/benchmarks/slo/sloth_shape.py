"""One SLO for each tenant, in the shape that sloth 0.11 generates: 17 rules an SLO, windows by `rate`."""

from __future__ import annotations

from exposition import REQUESTS, TIERS

LARGEST = 1_000
"""More tenants than this do not evaluate within their interval on two cores; 2,000 missed 3,100 iterations."""

OBJECTIVES = dict(zip(TIERS, ("0.99", "0.995", "0.999", "0.9995"), strict=True))
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


def sloth_rules(tenants: int) -> dict[str, list[dict[str, object]]]:
    """The rule file of the availability SLOs of so many tenants: three groups each, as sloth lays them out."""
    groups: list[dict[str, object]] = []
    for n in range(tenants):
        name, objective = f"tenant-{n}", OBJECTIVES[TIERS[n % len(TIERS)]]
        groups += [
            {"name": f"sloth-slo-sli-recordings-{name}", "interval": "1m", "rules": _sli(name)},
            {"name": f"sloth-slo-meta-recordings-{name}", "interval": "1m", "rules": _meta(name, objective)},
            {"name": f"sloth-slo-alerts-{name}", "interval": "1m", "rules": _alerts(name, objective)},
        ]
    return {"groups": groups}


def _labels(name: str) -> dict[str, str]:
    return {"sloth_id": name, "sloth_service": "platform", "sloth_slo": "availability"}


def _error(name: str, window: str) -> str:
    return f'slo:sli_error:ratio_rate{window}{{sloth_id="{name}"}}'


def _sli(name: str) -> list[dict[str, object]]:
    chosen = f'tenant="{name}"'
    rules: list[dict[str, object]] = [
        {
            "record": f"slo:sli_error:ratio_rate{window}",
            "expr": f'sum(rate({REQUESTS}{{{chosen},status_class="5xx"}}[{window}]))'
            f" / sum(rate({REQUESTS}{{{chosen}}}[{window}]))",
            "labels": _labels(name) | {"sloth_window": window},
        }
        for window in WINDOWS
    ]
    month = f"sum_over_time({_error(name, '5m')}[30d]) / count_over_time({_error(name, '5m')}[30d])"
    return [*rules, {"record": "slo:sli_error:ratio_rate30d", "expr": month, "labels": _labels(name)}]


def _meta(name: str, objective: str) -> list[dict[str, object]]:
    chosen = f'{{sloth_id="{name}"}}'
    budget = f"on (sloth_id) group_left () slo:error_budget:ratio{chosen}"
    expressions = {
        "slo:objective:ratio": f"vector({objective})",
        "slo:error_budget:ratio": f"vector(1-{objective})",
        "slo:time_period:days": "vector(30)",
        "slo:current_burn_rate:ratio": f"{_error(name, '5m')} / {budget}",
        "slo:period_burn_rate:ratio": f"{_error(name, '30d')} / {budget}",
        "slo:period_error_budget_remaining:ratio": f"1 - slo:period_burn_rate:ratio{chosen}",
        "sloth_slo_info": "vector(1)",
    }
    return [{"record": record, "expr": expr, "labels": _labels(name)} for record, expr in expressions.items()]


def _alerts(name: str, objective: str) -> list[dict[str, object]]:
    def pair(short: str, long: str, factor: str) -> str:
        over = f"> ({factor} * (1 - {objective}))"
        return (
            f"(max({_error(name, short)} {over}) without (sloth_window)"
            f" and max({_error(name, long)} {over}) without (sloth_window))"
        )

    page = f"{pair('5m', '1h', '14.4')} or {pair('30m', '6h', '6')}"
    ticket = f"{pair('2h', '1d', '3')} or {pair('6h', '3d', '1')}"
    return [
        {"alert": "HighErrorRate", "expr": page, "labels": {"sloth_severity": "page"}},
        {"alert": "HighErrorRate", "expr": ticket, "labels": {"sloth_severity": "ticket"}},
    ]
