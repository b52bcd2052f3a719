"""Baselines on a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from statistics import median

from platformctl.app.baseline import Compared
from platformctl.errors import UsageError
from platformctl.model.baseline import (
    ALERTING_QUANTILE,
    DAYS,
    QUANTILES,
    Baseline,
    Profile,
    Subject,
    hour_name,
)
from platformctl.sla.baseline import Difference
from platformctl_cli import show

_NONE = "-"


def show_recorded(recorded: Baseline, path: Path, *, json: bool) -> None:
    """What was recorded, and where."""
    if json:
        show.as_json({"file": str(path), **_head(recorded), "subjects": len(recorded.profiles)})
        return
    show.result(
        f"version {recorded.version}: {len(recorded.profiles)} endpoints and tiers, {recorded.period}, "
        f"{recorded.zone}, in {path}"
    )
    show.result("platformctl deploy makes the alerts use it")


def show_baseline(recorded: Baseline, subject: str | None, *, json: bool) -> None:
    """All subjects in short, or the week of some."""
    if json:
        show.as_json({**_head(recorded), "profiles": [_profile(p) for p in _chosen(recorded, subject)]})
        return
    show.result(f"baseline version {recorded.version}: {recorded.period}, {recorded.zone}")
    if recorded.reason:
        show.result(recorded.reason)
    show.result("")
    if subject is None:
        show.table(
            ("SUBJECT", "REQUESTS", "HOURS KNOWN", "P50", "P95", "P99", "SLOWEST HOUR"),
            (_line(p) for p in recorded.profiles),
        )
        return
    for profile in _chosen(recorded, subject):
        show.result(f"{profile.subject.title}: p95 in ms by hour of the week")
        show.table(("", *(f"{hour:02}" for hour in range(24))), (_day(profile, day) for day in range(7)))


def show_compared(compared: Compared, *, json: bool) -> None:
    """What moved, the slowest first."""
    if json:
        show.as_json(
            {
                "version": compared.version,
                "recorded": compared.recorded,
                "against": compared.against,
                "quantile": compared.quantile,
                "differences": [_difference(d) for d in compared.differences],
            }
        )
        return
    show.result(f"baseline version {compared.version} ({compared.recorded}) and {compared.against}: p95")
    show.result("")
    show.table(
        ("SUBJECT", "TIMES SLOWER", "HOURS", "MOST IN", "WAS", "IS"),
        (_compared_line(d) for d in compared.differences),
    )


def _chosen(recorded: Baseline, subject: str | None) -> tuple[Profile, ...]:
    found = tuple(p for p in recorded.profiles if (subject or "") in p.subject.title)
    if not found:
        raise UsageError(f"no endpoint or tier holds {subject!r}", fix="platformctl baseline show")
    return found


def _line(profile: Profile) -> tuple[str, ...]:
    """A subject in short: the median of its hours, and the hour with the highest p95."""
    known = {
        hour: c.seconds[ALERTING_QUANTILE]
        for hour, c in profile.cells.items()
        if ALERTING_QUANTILE in c.seconds
    }
    slowest = max(known, key=lambda hour: (known[hour], -hour)) if known else None
    return (
        profile.subject.title,
        f"{sum(c.requests for c in profile.cells.values()):,}",
        f"{len(known)} of 168",
        *(_typical(profile, name) for name in QUANTILES),
        _NONE if slowest is None else f"{hour_name(slowest)}: {_ms(known[slowest])}",
    )


def _typical(profile: Profile, name: str) -> str:
    found = [c.seconds[name] for c in profile.cells.values() if name in c.seconds]
    return _ms(median(found)) if found else _NONE


def _day(profile: Profile, day: int) -> tuple[str, ...]:
    cells = (profile.cells.get(day * 24 + hour) for hour in range(24))
    seconds = (c.seconds.get(ALERTING_QUANTILE) if c else None for c in cells)
    return (DAYS[day], *(_NONE if s is None else f"{s * 1000:.0f}" for s in seconds))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _compared_line(difference: Difference) -> tuple[str, ...]:
    if difference.ratio is None or difference.worst is None:
        return (difference.subject.title, "not comparable", "0", _NONE, _NONE, _NONE)
    hour, was, now = difference.worst
    return (
        difference.subject.title,
        f"{difference.ratio:.2f}",
        str(difference.hours),
        hour_name(hour),
        _ms(was),
        _ms(now),
    )


def _head(recorded: Baseline) -> dict[str, object]:
    return {
        "version": recorded.version,
        "recorded_at": recorded.recorded_at.isoformat(),
        "period": recorded.period,
        "zone": recorded.zone,
        "reason": recorded.reason,
    }


def _profile(profile: Profile) -> dict[str, object]:
    return {
        **_subject(profile.subject),
        "hours": {
            hour_name(hour): {"hours": c.hours, "requests": c.requests, "seconds": dict(c.seconds)}
            for hour, c in sorted(profile.cells.items())
        },
    }


def _subject(subject: Subject) -> dict[str, object]:
    return {name: value for name, value in asdict(subject).items() if value}


def _difference(difference: Difference) -> dict[str, object]:
    worst = difference.worst
    return {
        **_subject(difference.subject),
        "hours": difference.hours,
        "ratio": difference.ratio,
        "worst": {"hour": hour_name(worst[0]), "was": worst[1], "is": worst[2]} if worst else None,
    }
