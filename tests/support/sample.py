"""A small platform that is right in every respect: a shop, watched by Prometheus and Alertmanager.

Tests change one thing in it with `dataclasses.replace` and see what follows from that.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from platformctl.model.component import Component, HttpHealth, Native, Port, Scrape
from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.metric import Metric, MetricType
from platformctl.model.oncall import (
    EmailTarget,
    Inhibition,
    MailServer,
    Matcher,
    MatchOp,
    OnCall,
    PagerDutyTarget,
    QuietHours,
    Receiver,
    Route,
    SlackTarget,
    Team,
    WebhookTarget,
)
from platformctl.model.pagerduty import (
    EscalationPolicy,
    EscalationStep,
    PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.panel import Panel, PanelKind, Query
from platformctl.model.platform import Platform, Runbook
from platformctl.model.rules import (
    AlertArea,
    AlertRule,
    AlertTest,
    DashboardLink,
    InputSeries,
    LogLink,
    RecordingRule,
    Severity,
)
from platformctl.model.tenancy import Objective, Tenant, Tier, Vertical
from platformctl.model.units import days, hours, minutes, seconds

SECRETS: Final = frozenset({"pagerduty-shop", "slack-webhook", "mail-password"})


def component(name: str, number: int, *, interval_s: int = 15, needs: tuple[str, ...] = ()) -> Component:
    """A component with one HTTP port, which Prometheus scrapes."""
    return Component(
        name=name,
        title=name.capitalize(),
        ports=(Port(name="http", number=number),),
        health=HttpHealth(port="http", path="/-/ready"),
        scrape=Scrape(port="http", interval=seconds(interval_s)),
        native=Native(binaries=(name,)),
        needs=needs,
    )


def metric(name: str, type_: MetricType, *labels: str) -> Metric:
    """A metric of the shop."""
    return Metric(name=name, type=type_, help=f"{name}.", source="shop", labels=labels)


METRICS: Final = (
    metric("up", MetricType.GAUGE),
    metric("http_requests_total", MetricType.COUNTER, "route", "code"),
    metric("http_request_duration_seconds", MetricType.HISTOGRAM, "route"),
    metric("tenant_info", MetricType.INFO, "tenant", "tier", "vertical"),
)

ERROR_RATIO: Final = RecordingRule(
    name="job:http_errors:ratio_rate1m",
    expr=(
        'sum by (job) (rate(http_requests_total{code=~"5.."}[1m]))\n'
        "/ sum by (job) (rate(http_requests_total[1m]))"
    ),
    help="Share of requests that fail.",
)


def _up(values: str) -> tuple[InputSeries, ...]:
    return (InputSeries(series='up{job="shop", instance="shop"}', values=values),)


def _requests(failed_a_scrape: int) -> tuple[InputSeries, ...]:
    series = 'http_requests_total{job="shop", instance="shop", route="/", code="%s"}'
    return (
        InputSeries(series=series % 200, values=f"0+{100 - failed_a_scrape}x12"),
        InputSeries(series=series % 500, values=f"0+{failed_a_scrape}x12"),
    )


SHOP_DOWN: Final = AlertRule(
    name="ShopDown",
    expr='up{job="shop"} == 0',
    for_=seconds(30),
    why_for="Two failed scrapes.",
    severity=Severity.CRITICAL,
    team="shop",
    labels={"signal": "availability"},
    summary="{{ $labels.job }} is down.",
    description="No answer from {{ $labels.instance }} for 30 seconds.",
    dashboard=DashboardLink(uid="shop", variables={"service": "job"}),
    logs=LogLink(query='{service="{{ $labels.job }}"}'),
    tests=(
        AlertTest(
            claim="a dead shop fires",
            series=_up("1x4 0x8"),
            at=minutes(2),
            firing=({"job": "shop", "instance": "shop"},),
        ),
        AlertTest(claim="one failed scrape is silent", series=_up("1x4 0 1x8"), at=seconds(90), firing=()),
    ),
)

SHOP_ERRORS: Final = AlertRule(
    name="ShopErrors",
    expr="job:http_errors:ratio_rate1m > 0.05",
    keep_firing_for=minutes(1),
    why_for="Errors come in waves.",
    severity=Severity.WARNING,
    team="shop",
    labels={"signal": "errors"},
    summary="{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} fail.",
    description="More than 5% in the last minute.",
    dashboard=DashboardLink(uid="shop"),
    tests=(
        AlertTest(
            claim="six in a hundred fire", series=_requests(6), at=minutes(2), firing=({"job": "shop"},)
        ),
        AlertTest(claim="four in a hundred are silent", series=_requests(4), at=minutes(2), firing=()),
    ),
)

DASHBOARD: Final = Dashboard(
    uid="shop",
    title="Shop",
    question="Does the shop sell?",
    audience=Audience.OPERATIONS,
    variables=(Variable(name="service", label="Service", metric="http_requests_total", of="job"),),
    rows=(
        Row(
            title="Requests",
            panels=(
                Panel(
                    title="Errors",
                    description="Do requests fail? The share that does.",
                    kind=PanelKind.TIMESERIES,
                    queries=(Query(expr='job:http_errors:ratio_rate1m{job=~"$service"}', legend="{{job}}"),),
                ),
            ),
        ),
    ),
)

PAGE: Final = Receiver(
    name="page-shop",
    targets=(
        PagerDutyTarget(routing_key_secret="pagerduty-shop"),
        SlackTarget(channel="#shop", webhook_secret="slack-webhook"),
    ),
)
TICKET: Final = Receiver(
    name="tickets-shop",
    targets=(EmailTarget(to="shop@example.com"), WebhookTarget(url="http://127.0.0.1:9/hook")),
    send_resolved=False,
)

ONCALL: Final = OnCall(
    teams=(Team(name="shop", title="The shop's people", email="shop@example.com"),),
    receivers=(PAGE, TICKET, Receiver(name="shown-only")),
    route=Route(
        receiver="shown-only",
        routes=(
            Route(
                receiver="page-shop",
                matchers=(Matcher("severity", "critical"),),
                group_by=("alertname", "job"),
                group_wait=seconds(5),
            ),
            Route(
                receiver="tickets-shop",
                matchers=(Matcher("severity", "warning|info", MatchOp.REGEX),),
                mute_times=("nights",),
            ),
        ),
    ),
    inhibitions=(
        Inhibition(
            source=(Matcher("alertname", "ShopDown"),), target=(Matcher("signal", "errors"),), equal=("job",)
        ),
    ),
    quiet_hours=(
        QuietHours(
            name="nights",
            weekdays=("monday:friday",),
            start="20:00",
            end="07:30",
            time_zone="Europe/Berlin",
        ),
    ),
    schedules=(
        PagerDutySchedule(
            name="shop-on-call",
            time_zone="Europe/Berlin",
            users=("one@example.com", "two@example.com"),
            start="2026-01-05T09:00:00+01:00",
        ),
    ),
    escalation_policies=(
        EscalationPolicy(
            name="shop-escalation",
            steps=(
                EscalationStep(schedules=("shop-on-call",), delay=minutes(5)),
                EscalationStep(users=("boss@example.com",), delay=hours(1)),
            ),
        ),
    ),
    services=(
        PagerDutyService(
            name="shop", description="The shop.", escalation_policy="shop-escalation", team="shop"
        ),
    ),
    mail=MailServer(
        smarthost="127.0.0.1:25",
        sender="alerts@example.com",
        username="alerts",
        password_secret="mail-password",
    ),
)

PLATFORM: Final = Platform(
    tiers=(
        Tier(
            name="gold",
            rank=1,
            objectives=(Objective(sli="availability", target=Decimal("0.999"), window=days(30)),),
            requests_per_minute=600,
        ),
    ),
    tenants=(Tenant(id="grand-hotel", name="Grand Hotel", vertical=Vertical.HOTELS, tier="gold"),),
    components=(
        component("prometheus", 9090),
        component("alertmanager", 9093),
        component("shop", 8000, interval_s=5),
    ),
    metrics=METRICS,
    areas=(AlertArea(name="shop", recording_rules=(ERROR_RATIO,), alerts=(SHOP_DOWN, SHOP_ERRORS)),),
    oncall=ONCALL,
    dashboards=(DASHBOARD,),
    runbooks=tuple(
        Runbook(
            name=name,
            path=f"runbooks/{name}.md",
            text="\n".join(
                f"## {section}\n"
                for section in (
                    "Meaning",
                    "Impact",
                    "Diagnosis",
                    "Mitigation",
                    "Escalation",
                    "Verification",
                )
            ),
        )
        for name in ("ShopDown", "ShopErrors")
    ),
    origins={"alert:ShopDown": "alerts_src/shop.py:7"},
)


def with_alerts(*alerts: AlertRule, recording_rules: tuple[RecordingRule, ...] = (ERROR_RATIO,)) -> Platform:
    """The sample platform with these alerts instead of its own."""
    area = AlertArea(name="shop", recording_rules=recording_rules, alerts=alerts)
    return replace(PLATFORM, areas=(area,))


def with_grafana() -> Platform:
    """The sample platform with Grafana and Loki."""
    more = (component("grafana", 3000), component("loki", 3100))
    return replace(PLATFORM, components=(*PLATFORM.components, *more))
