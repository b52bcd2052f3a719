"""Record how fast the platform usually answers, and compare other times with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from platformctl.app.deployed import prometheus_url
from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.model.baseline import ALERTING_QUANTILE, Baseline, Profile, Subject, SubjectKind
from platformctl.sinks import baseline_files
from platformctl.sla import baseline as arithmetic
from platformctl.sla import period as periods
from platformctl.sla.baseline import BucketSeries, Difference
from platformctl.sla.period import Period, PeriodKind
from platformctl.sla.timeline import Interval, whole_hours
from platformctl.sources import baselines, workspace
from platformctl.sources.history import Access, NoHistory
from platformctl.sources.samples import Samples, SampleServer, at
from platformctl.sources.workspace import Workspace

Say: TypeAlias = Callable[[str], None]
BUCKETS: Final = "subject:request_duration_bucket:increase5m"
"""Recorded by ``alerts_src/baseline.py``: requests of five minutes by subject and bound."""

QUERY: Final = f"sum by (kind, job, route, method, tier, le) (sum_over_time({BUCKETS}[3599999ms]))"
_HOUR: Final = timedelta(hours=1)
_AT_ONCE: Final = timedelta(days=7)
_LEAST_DAYS: Final = 7


class Slower(DifferencesFound):
    """Something answers more slowly than the baseline, and ``--check`` was asked for."""

    kind = "slower"


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineRequest:
    """What the user asked for. `period` as `sla.period.parse` reads it; None for the last four whole weeks."""

    workspace: Path | None
    start: Path
    access: Access
    period: str | None
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """The profiles of a period, and the server's clock when they were read."""

    period: Period
    now: datetime
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A baseline held against something later: a period, or another version."""

    version: int
    recorded: str
    against: str
    quantile: str
    differences: tuple[Difference, ...]


def record(request: BaselineRequest, say: Say, *, reason: str) -> tuple[Path, Baseline]:
    """Record the period as the next version; raises `UsageError` for less than a week, and without a workspace."""
    found = _own_workspace(request)
    measured = _measure(request, say)
    days = (measured.period.last - measured.period.first).days + 1
    if days < _LEAST_DAYS:
        raise UsageError(f"{days} days are no baseline: a week has hours that it would not know",
                         fix="--period 2026-10-05..2026-11-01")  # fmt: skip
    before = baselines.paths(found.content)
    baselines.latest(found.content)  # an altered history is not added to
    made = Baseline(
        version=len(before) + 1,
        recorded_at=measured.now,
        period=measured.period.name,
        zone=request.zone,
        reason=reason,
        zone_changes=arithmetic.zone_changes(request.zone, since=measured.now),
        profiles=measured.profiles,
    )
    seals = baselines.seal(before[-1]) if before else ""
    path = baseline_files.add(found.content / baselines.FOLDER, made, seals=seals)
    return path, made


def show(request: BaselineRequest, version: int | None) -> Baseline:
    """A recorded version, or the last one."""
    return _stored(workspace.find(request.workspace, start=request.start), version)


def compare(request: BaselineRequest, say: Say, *, version: int | None, other: int | None) -> Compared:
    """A recorded version against the period, or against another version."""
    found = workspace.find(request.workspace, start=request.start)
    before = _stored(found, version)
    if other is not None:
        after = baselines.version(found.content, other)
        against, profiles = f"version {other} ({after.period})", after.profiles
    else:
        measured = _measure(replace(request, zone=before.zone), say)
        against, profiles = measured.period.name, measured.profiles
    return Compared(
        version=before.version,
        recorded=before.period,
        against=against,
        quantile=ALERTING_QUANTILE,
        differences=arithmetic.differences(before.profiles, profiles, name=ALERTING_QUANTILE),
    )


def refuse_slower(compared: Compared, *, threshold: float) -> None:
    """Raise `Slower` when a subject's median ratio reaches the threshold."""
    slow = [d.subject.title for d in compared.differences if d.ratio is not None and d.ratio >= threshold]
    if slow:
        more = f" and {len(slow) - 5} more" if len(slow) > 5 else ""
        raise Slower(f"slower than the baseline by {threshold:g} or more: {', '.join(slow[:5])}{more}")


def _own_workspace(request: BaselineRequest) -> Workspace:
    found = workspace.find(request.workspace, start=request.start)
    if found.built_in:
        raise UsageError(
            "a baseline is recorded in a workspace of your own, and this is the built-in one",
            fix="platformctl init DIR, then platformctl baseline record --workspace DIR",
        )
    return found


def _stored(found: Workspace, version: int | None) -> Baseline:
    if version is not None:
        return baselines.version(found.content, version)
    last = baselines.latest(found.content)
    if last is None:
        raise PlatformError(
            "no baseline was recorded", where=baselines.FOLDER, fix="platformctl baseline record"
        )
    return last


def _measure(request: BaselineRequest, say: Say) -> Measured:
    url = request.access.url or prometheus_url(request.workspace, request.start)
    server = SampleServer(replace(request.access, url=url))
    now = at(server.now_ms())
    period = _period(request, now)
    hours = _whole_hours(period, now)
    profiles = arithmetic.profiles(_read(server, hours, say), request.zone)
    if not profiles:
        raise NoHistory(
            f"no response times from {hours.start:%Y-%m-%d %H:%M} to {hours.end:%Y-%m-%d %H:%M} UTC",
            where=server.url,
            fix="the rules of alerts_src/baseline.py record them from their deployment on: platformctl deploy",
        )
    return Measured(period=period, now=now, profiles=profiles)


def _period(request: BaselineRequest, now: datetime) -> Period:
    if request.period is not None:
        return periods.parse(request.period, zone=request.zone, now=now)
    last = periods.parse("week", zone=request.zone, now=now)
    return Period(
        kind=PeriodKind.DAYS, first=last.first - timedelta(days=21), last=last.last, zone=request.zone
    )


def _whole_hours(period: Period, now: datetime) -> Interval:
    end = min(period.end, now.replace(second=0, microsecond=0))
    hours = whole_hours(Interval(start=period.start, end=end)) if period.start < end else None
    if hours is None:
        raise UsageError(f"no hour of the period {period.name} is over", fix="--period week")
    return hours


def _read(server: SampleServer, hours: Interval, say: Say) -> Iterator[BucketSeries]:
    start = hours.start
    while start < hours.end:
        end = min(start + _AT_ONCE, hours.end)
        say(f"response times from {start:%Y-%m-%d}")
        first, last = (round(instant.timestamp()) * 1000 for instant in (start + _HOUR, end))
        for series in server.evaluated(QUERY, first, last, round(_HOUR.total_seconds()) * 1000):
            yield _bucket(series)
        start = end


def _bucket(series: Samples) -> BucketSeries:
    labels = series.labels
    return BucketSeries(
        subject=Subject(
            kind=SubjectKind(labels["kind"]),
            job=labels.get("job", ""),
            route=labels.get("route", ""),
            method=labels.get("method", ""),
            tier=labels.get("tier", ""),
        ),
        bound=float(labels["le"]),
        counts=tuple(
            (datetime.fromtimestamp(ms / 1000, UTC) - _HOUR, float(text)) for ms, text in series.values
        ),
    )
