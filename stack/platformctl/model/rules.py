"""Recording rules, alert rules, and the unit tests that every alert brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, minutes, seconds

EXPECTED_JOB: Final = "platform:expected_job:info"
"""The series that every deployment records for each job it scrapes: what is missing can be seen missing."""

_RESERVED_LABELS: Final = frozenset({"alertname", "severity", "team"})


class Severity(StrEnum):
    """How soon a person must look.

    critical pages at any hour; warning is a ticket for working hours; info is only shown;
    none is for the watchdog, which must always fire.
    """

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    NONE = "none"


class Language(StrEnum):
    """In what an expression is written, and so who evaluates it: Prometheus over metrics, Loki over log lines."""

    PROMQL = "promql"
    LOGQL = "logql"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingRule:
    """A series computed from others; the name is written ``level:metric:operations``."""

    name: str
    expr: str
    help: str
    labels: Mapping[str, str] = field(default_factory=dict)
    language: Language = Language.PROMQL

    def __post_init__(self) -> None:
        _guard.matches(
            _guard.METRIC_NAME, self.name, what="recording rule", like="service:http_errors:ratio_rate5m"
        )
        if ":" not in self.name:
            raise DefinitionError(
                f"recording rule {self.name!r} has no level", fix="write it level:metric:operations"
            )
        _guard.not_blank(self.expr, what=f"expression of {self.name}")


@dataclass(frozen=True, kw_only=True, slots=True)
class InputSeries:
    """One series of a rule test, in promtool's notation: ``up{job="api"}`` and ``1x4 0x20``."""

    series: str
    values: str

    @classmethod
    def of(cls, name: str, values: str, /, **labels: str) -> InputSeries:
        """The series of this name with these labels; their values must not need escaping."""
        inside = ", ".join(f'{key}="{value}"' for key, value in labels.items())
        return cls(series=f"{name}{{{inside}}}", values=values)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertTest:
    """One claim about an alert: with these series, at this time, exactly these alerts fire.

    firing: the label sets that fire at `at` (without alertname and the rule's own labels);
    an empty tuple claims silence.
    """

    claim: str
    series: tuple[InputSeries, ...]
    at: Duration
    firing: tuple[Mapping[str, str], ...]
    interval: Duration = seconds(15)

    def __post_init__(self) -> None:
        _guard.not_blank(self.claim, what="claim of a rule test")
        if not self.series and self.firing:
            raise DefinitionError(f"rule test {self.claim!r} expects an alert out of no series")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogSample:
    """One line, written `count` times within the last half minute, with these labels."""

    line: str
    labels: Mapping[str, str]
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class LogTest:
    """One claim about an alert over log lines: with these just written, exactly these label sets meet it.

    `for_` is not part of it: what is claimed is that the condition holds.
    """

    claim: str
    lines: tuple[LogSample, ...]
    firing: tuple[Mapping[str, str], ...]

    def __post_init__(self) -> None:
        _guard.not_blank(self.claim, what="claim of a rule test")


@dataclass(frozen=True, kw_only=True, slots=True)
class DashboardLink:
    """Where an alert sends the reader: a dashboard, with its variables filled from labels.

    variables: the alert's label that fills each variable: ``{"service": "job"}``.
    """

    uid: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLink:
    """The log lines behind an alert: a LogQL query; ``{{ $labels.job }}`` in it is filled from the alert."""

    query: str

    def __post_init__(self) -> None:
        _guard.not_blank(self.query, what="query of a log link")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """Whom an alert may page: everybody's people (the default), those of some tenants, or nobody yet.

    shadow: evaluated and shown, with the severity `info`; it pages nobody and silences nothing.
    tiers, verticals: a share of the tenants; the others' alerts are in shadow. The alert must carry `tenant`.
    """

    shadow: bool = False
    tiers: tuple[str, ...] = ()
    verticals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.shadow and (self.tiers or self.verticals):
            raise DefinitionError("an alert in shadow pages for no tenant", fix="drop shadow, or the tenants")

    @property
    def tenants(self) -> str:
        """The matchers of the tenants that are not in shadow; empty when all are."""
        chosen = (("tier", self.tiers), ("vertical", self.verticals))
        return ", ".join(f'{label}=~"{"|".join(values)}"' for label, values in chosen if values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """What an alert becomes that lasts: its severity `after` so long (counted from its first pending moment).

    A restart of Prometheus starts the count again for alerts whose `for_` is under ten minutes.
    """

    after: Duration
    severity: Severity = Severity.CRITICAL


EVERYBODY: Final = Rollout()


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRule:
    """A condition that somebody must know about.

    summary and description may use Prometheus' templates (``{{ $labels.tenant }}``, ``{{ $value }}``).
    why_for gives the reason for `for_` and `keep_firing_for`.
    language: of a rule in LogQL, the expression keeps `tenant`: it is evaluated for some tenants at a time.
    The runbook page is ``runbooks/<name>.md``.
    picture: an https URL, with templates, of a picture that pages and Slack messages show. PagerDuty fetches it.
    """

    name: str
    expr: str
    severity: Severity
    team: str
    summary: str
    description: str
    dashboard: DashboardLink
    tests: tuple[AlertTest, ...] = ()
    log_tests: tuple[LogTest, ...] = ()
    language: Language = Language.PROMQL
    for_: Duration = seconds(0)
    keep_firing_for: Duration = seconds(0)
    why_for: str = ""
    logs: LogLink | None = None
    picture: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    rollout: Rollout = EVERYBODY
    escalation: Escalation | None = None

    def __post_init__(self) -> None:
        _guard.matches(_guard.CAMEL, self.name, what="alert", like="ApiHighErrorRate")
        _guard.matches(_guard.SLUG, self.team, what=f"team of {self.name}", like="platform")
        for text, what in (
            (self.expr, "expression"),
            (self.summary, "summary"),
            (self.description, "description"),
        ):
            _guard.not_blank(text, what=f"{what} of {self.name}")
        if taken := _RESERVED_LABELS & self.labels.keys():
            raise DefinitionError(
                f"{self.name} sets the label {min(taken)!r} by hand", fix="use the field instead"
            )
        if self.picture and not self.picture.startswith("https://"):
            raise DefinitionError(
                f"the picture of {self.name} is at {self.picture}", fix="PagerDuty shows only https:// ones"
            )
        if self.escalation and self.escalation.after <= self.for_:
            raise DefinitionError(
                f"{self.name} escalates after {self.escalation.after}, before it has fired",
                fix=f"escalate after more than {self.for_}",
            )
        if self.language is Language.LOGQL:
            _check_log_rule(self)

    @property
    def claims(self) -> tuple[AlertTest | LogTest, ...]:
        """What its tests claim, whatever it watches."""
        return (*self.tests, *self.log_tests)


def _check_log_rule(alert: AlertRule) -> None:
    """What is told with the metrics of Prometheus cannot be had of an alert over log lines."""
    if alert.tests or alert.rollout.tenants or alert.escalation or alert.keep_firing_for.ms:
        raise DefinitionError(
            f"{alert.name} watches log lines, and has what only an alert over metrics may have",
            fix="log_tests in place of tests; no tiers, no verticals, no escalation, no keep_firing_for",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertArea:
    """The rules of one module in ``alerts_src/``: one rule file, one group for each kind."""

    name: str
    recording_rules: tuple[RecordingRule, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    interval: Duration = seconds(15)

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name.replace("_", "-"), what="alert area", like="api")
        if self.interval > minutes(60):
            raise DefinitionError(f"area {self.name} is evaluated every {self.interval}: too seldom to alert")
