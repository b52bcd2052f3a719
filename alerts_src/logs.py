"""What only the log lines tell: errors that no metric counts, crashes, and who is turned away again and again."""

from __future__ import annotations

from typing import Final

from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    Language,
    LogLink,
    LogSample,
    LogTest,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes, seconds

INTERVAL: Final = seconds(15)

LINES: Final = DashboardLink(uid="logs-traces", variables={"tenant": "tenant"})
_ERRORS: Final = 'sum by (tenant, service) (count_over_time({level=~"error|critical"}[%s]))'

ERROR_RATE: Final = RecordingRule(
    name="tenant:log_errors:rate5m",
    expr='sum by (tenant, service) (rate({level=~"error|critical"}[5m]))',
    help="Lines of level error or critical per second, by tenant and service.",
    language=Language.LOGQL,
)


def _lines(line: str, count: int, **labels: str) -> LogSample:
    return LogSample(
        line=line, count=count, labels={"tenant": "lumiere", "service": "api", "level": "info", **labels}
    )


ERROR_SPIKE: Final = AlertRule(
    name="LogErrorSpike",
    language=Language.LOGQL,
    # Four times the mean of the hour before; where there was none, twenty are many.
    expr=(
        f"{_ERRORS % '5m'} > 20\n"
        f"unless {_ERRORS % '5m'} <= 4 * {_ERRORS.replace(']', '] offset 5m') % '1h'} / 12"
    ),
    for_=minutes(1),
    why_for="A burst that ends within a minute is over before anybody has looked.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "errors"},
    summary="{{ $labels.service }} logs errors for {{ $labels.tenant }}: {{ $value }} in five minutes.",
    description="More than 20 lines of level error, and more than four times as many as in the hour before.",
    dashboard=LINES,
    logs=LogLink(
        query='{tenant="{{ $labels.tenant }}", service="{{ $labels.service }}", level=~"error|critical"}'
    ),
    log_tests=(
        LogTest(
            claim="thirty errors out of nowhere fire for that tenant and service",
            lines=(_lines("boom", 30, level="error"), _lines("fine", 200)),
            firing=({"tenant": "lumiere", "service": "api"},),
        ),
        LogTest(claim="ten errors are silent", lines=(_lines("boom", 10, level="error"),), firing=()),
    ),
)

UNCAUGHT: Final = AlertRule(
    name="UncaughtExceptions",
    language=Language.LOGQL,
    expr=(
        'sum by (tenant, service) (count_over_time({service=~".+"}'
        ' |~ "Traceback \\\\(most recent call last\\\\)|panic: |\\"exception\\": ?\\\\[\\\\{" [5m])) > 3'
    ),
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "errors"},
    summary="{{ $labels.service }} crashes in requests of {{ $labels.tenant }}.",
    description="{{ $value }} tracebacks in five minutes: a case that the code does not handle.",
    dashboard=LINES,
    logs=LogLink(
        query='{tenant="{{ $labels.tenant }}", service="{{ $labels.service }}"} |~ "Traceback|panic: |exception"'
    ),
    log_tests=(
        LogTest(
            claim="tracebacks as text and as JSON count alike",
            lines=(
                _lines(
                    'ERROR: boom\nTraceback (most recent call last):\n  File "x.py", line 1',
                    2,
                    service="worker",
                ),
                _lines('{"event": "boom", "exception": [{"exc_type": "KeyError"}]}', 2, service="worker"),
            ),
            firing=({"tenant": "lumiere", "service": "worker"},),
        ),
        LogTest(
            claim="the word alone is silent",
            lines=(_lines('{"event": "no exception today"}', 50),),
            firing=(),
        ),
    ),
)

TURNED_AWAY: Final = AlertRule(
    name="AccessRefusedSpike",
    language=Language.LOGQL,
    expr=(
        'sum by (tenant, service) (count_over_time({service="gateway"} | json status="status"'
        ' | status=~"401|403" [5m])) > 100'
    ),
    for_=minutes(2),
    why_for="A page that is left open with an old session asks once a second for a minute.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "auth"},
    summary="The gateway turns requests of {{ $labels.tenant }} away: {{ $value }} in five minutes.",
    description=(
        "More than 100 answers of 401 or 403 in five minutes: tokens are forged, stolen or expired, or passwords"
        " are guessed. Who has not proven a tenant is counted under `platform`."
    ),
    dashboard=LINES,
    logs=LogLink(
        query='{tenant="{{ $labels.tenant }}", service="gateway"} | json status="status" | status=~"401|403"'
    ),
    log_tests=(
        LogTest(
            claim="a hundred and twenty refusals fire for the tenant they are counted under",
            lines=(_lines('{"status": 401}', 120, tenant="platform", service="gateway"),),
            firing=({"tenant": "platform", "service": "gateway"},),
        ),
        LogTest(
            claim="as many requests that were let in are silent",
            lines=(_lines('{"status": 200, "duration": 0.401}', 120, service="gateway"),),
            firing=(),
        ),
    ),
)

ALERTS: Final = (ERROR_SPIKE, UNCAUGHT, TURNED_AWAY)
RECORDING_RULES: Final = (ERROR_RATE,)
