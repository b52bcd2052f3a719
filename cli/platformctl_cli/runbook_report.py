"""Runbook hits, the live state of alerts, and the results of their tests, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from platformctl_cli import show

if TYPE_CHECKING:
    from platformctl.app.runbook import Found
    from platformctl.app.runbook_live import Firing, FiringGroup, Live
    from platformctl.app.test_alerts import AlertResult, AlertsReport
    from platformctl.sources.alertmanager import Silence
    from platformctl.sources.prometheus import FiringAlert

_NOT_SHOWN: Final = frozenset({"alertname", "severity", "team", "signal"})
_MOST_LISTED: Final = 10
_SUMMARY_WIDTH: Final = 100


def show_hits(found: Found) -> None:
    """A line for each page. Not a table of rich's: importing that takes longer than the look-up."""
    widest = max(len(hit.page.name) for hit in found.hits)
    for number, hit in enumerate(found.hits, start=1):
        show.result(f"{number:>2}  {hit.page.name:<{widest}}  {_one_line(hit.page.summary)}".rstrip())


def _one_line(text: str) -> str:
    return textwrap.shorten(text, _SUMMARY_WIDTH, placeholder=" …")


def look_up_as_json(found: Found, live: Live | None) -> dict[str, object]:
    """The hits for machines; `page` is the text where just one fits."""
    return {
        "wanted": found.wanted,
        "hits": [
            {"name": h.page.name, "path": h.page.path, "summary": h.page.summary, "why": h.why}
            for h in found.hits
        ],
        "page": found.only.text if found.only else None,
        "live": _live_as_json(live) if live else None,
        "notes": list(found.notes),
    }


def _live_as_json(live: Live) -> dict[str, object]:
    return {**asdict(live), "affected": live.affected}


def show_live(live: Live) -> None:
    """The state of an alert, above its page."""
    for line in _live_lines(live, datetime.now(UTC)):
        show.result(line)


def _live_lines(live: Live, now: datetime) -> Iterator[str]:
    yield f"{live.alert} is {live.state}"
    yield from (f"  {line}" for line in _shortened([_instance_line(i, now) for i in live.instances]))
    for label, values in live.affected.items():
        yield f"affected {label}: {_listed(values)}"
    if live.related:
        yield "related alerts of the last hour:"
        lines = [f"{r.name}{_labels(r.labels)}{'' if r.firing else ' (over)'}" for r in live.related]
        yield from (f"  {line}" for line in _shortened(lines))
    for silence in live.silences:
        yield _silence_line(silence)
    for unknown in live.unknown:
        yield f"! not known: {unknown}"


def _instance_line(instance: FiringAlert, now: datetime) -> str:
    since, value = _ago(instance.active_since, now), _number(instance.value)
    return _printable(
        f"{instance.state} {since}, value {value}{_labels(instance.labels)}: {instance.summary}"
    )


def _silence_line(silence: Silence) -> str:
    matchers = ", ".join(str(matcher) for matcher in silence.matchers)
    when = f"until {silence.ends_at}" if silence.state == "active" else f"from {silence.starts_at}"
    return _printable(f"silence {{{matchers}}} {when} by {silence.created_by}: {silence.comment}")


def _printable(text: str) -> str:
    """Without control characters: labels and comments come from outside, and must not steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _labels(labels: Mapping[str, str]) -> str:
    shown = ", ".join(f"{k}={v}" for k, v in sorted(labels.items()) if k not in _NOT_SHOWN)
    return _printable(f" {{{shown}}}") if shown else ""


def _listed(values: tuple[str, ...]) -> str:
    more = len(values) - _MOST_LISTED
    return _printable(", ".join(values[:_MOST_LISTED])) + (f" and {more} more" if more > 0 else "")


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LISTED
    return lines if more <= 0 else [*lines[:_MOST_LISTED], f"and {more} more"]


def _number(value: str) -> str:
    """Prometheus prints floats as ``1e+00``."""
    try:
        return f"{float(value):.6g}"
    except ValueError:
        return value


def _ago(moment: str, now: datetime) -> str:
    """``for 5 min``; Prometheus gives nanoseconds, of which six digits are understood."""
    head, _, fraction = moment.rstrip("Z").partition(".")
    began = datetime.fromisoformat(f"{head}.{fraction[:6]:0<6}+00:00")
    passed = max(0, int((now - began).total_seconds()))
    if passed < 120:
        return f"for {passed} s"
    return f"for {passed // 60} min" if passed < 7200 else f"for {passed // 3600} h"


def show_firing(found: Firing) -> None:
    """A line for each alert that fires."""
    now = datetime.now(UTC)
    if not found.groups:
        show.result("nothing fires")
    else:
        show.table(
            ("#", "ALERT", "SEVERITY", "COUNT", "QUIET", "LONGEST", "RUNBOOK", "SUMMARY"),
            [_firing_row(number, group, now) for number, group in enumerate(found.groups, start=1)],
        )
    for unknown in found.unknown:
        show.say(f"! not known: {unknown}")


def _firing_row(number: int, group: FiringGroup, now: datetime) -> tuple[str, ...]:
    first = min(group.instances, key=lambda i: i.active_since)
    return (
        str(number),
        group.alert,
        group.severity,
        str(len(group.instances)),
        str(group.quiet) if group.quiet else "",
        _ago(first.active_since, now).removeprefix("for "),
        group.alert if group.has_page else "none",
        _printable(_one_line(first.summary)),
    )


def firing_as_json(found: Firing) -> dict[str, object]:
    """What fires, for machines."""
    return asdict(found)


def show_alert_tests(tested: AlertsReport) -> None:
    """A row for each alert, then what has failed, claim by claim."""
    from platformctl.app.test_alerts import Result

    show.table(
        ("AREA", "ALERT", "FIRES", "SILENT", "RESULT"),
        [(a.area, a.alert, _kept(a, fires=True), _kept(a, fires=False), a.result) for a in tested.alerts],
    )
    for alert in tested.alerts:
        for line in _failures(alert):
            show.result(line)
    show.result(
        f"{len(tested.alerts)} alerts: {tested.count(Result.PASSED)} passed, "
        f"{tested.count(Result.FAILED)} failed, {tested.count(Result.SKIPPED)} skipped"
    )
    if tested.skipped:
        show.result(f"skipped: {tested.skipped}")


def _kept(alert: AlertResult, *, fires: bool) -> str:
    """How many of the alert's claims of this kind hold; nothing held where nothing was asked."""
    from platformctl.app.test_alerts import Result

    claims = [claim for claim in alert.claims if claim.fires is fires]
    return f"{sum(claim.result is Result.PASSED for claim in claims)}/{len(claims)}"


def _failures(alert: AlertResult) -> Iterator[str]:
    from platformctl.app.test_alerts import Result

    yield from (f"{alert.where}: {lacking}" for lacking in alert.lacking)
    for claim in alert.claims:
        if claim.result is Result.FAILED:
            yield f"{alert.where}: {alert.alert}: {claim.claim}"
            yield claim.detail


def alert_tests_as_json(tested: AlertsReport) -> dict[str, object]:
    """The results for machines."""
    return {
        "skipped": tested.skipped,
        "alerts": [{**asdict(alert), "result": alert.result} for alert in tested.alerts],
    }
