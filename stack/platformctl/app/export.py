"""Export samples to a file for analysis elsewhere: window by window, so that it can be interrupted and go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from platformctl.app.deployed import prometheus_url
from platformctl.errors import PlatformError, UsageError
from platformctl.model.units import Duration
from platformctl.sinks.export_files import ExportFolder
from platformctl.sinks.export_formats import SeriesRows
from platformctl.sla import period as periods
from platformctl.sla.extract import Extract, Format, Window, resume_at
from platformctl.sources import selectors
from platformctl.sources.history import Access
from platformctl.sources.samples import Samples, SampleServer, TooMuch, at
from platformctl.sources.selectors import Selector

Say: TypeAlias = Callable[[str], None]
_HINT: Final = "narrow the selector, give a longer --step, or raise --query.max-samples of the server"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRequest:
    """What the user asked for.

    period: as `sla.period.parse` reads it, in the calendar of `zone`; `start` and `end` (ISO 8601) take its place.
    step: empty for the samples as they are stored.
    """

    workspace: Path | None
    here: Path
    access: Access
    selectors: tuple[str, ...]
    period: str
    zone: str
    start: str | None
    end: str | None
    step: str | None
    out: Path
    form: Format


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """What was written: to which file, the span, and how many rows; `resumed` of them stood there before."""

    path: Path
    start: datetime
    end: datetime
    rows: int
    resumed: int


def form_of(out: Path, wanted: str | None) -> Format:
    """The format that is asked for, or else the one of the file's ending."""
    name = wanted or out.suffix.removeprefix(".")
    if name not in {str(form) for form in Format}:
        raise UsageError(
            f"no format is named {name!r}" if name else f"{out} has no ending that names a format",
            fix=f"use --format with one of: {', '.join(Format)}",
        )
    return Format(name)


def export(request: ExportRequest, say: Say, *, restart: bool) -> Exported:
    """Write the file; goes on where an interrupted export stopped. Raises `PlatformError`; finished windows stay."""
    chosen = _distinct(request.selectors)
    target = ExportFolder(request.out, request.form)
    if restart:
        target.discard()
    elif request.out.exists():
        raise UsageError("exists already", where=str(request.out), fix="name another file, or add --restart")
    url = request.access.url or prometheus_url(request.workspace, request.here)
    server = SampleServer(replace(request.access, url=url))
    asked = _asked(request, server.url)
    with target.locked():
        extract = target.begun(asked)
        if extract is None:
            extract = _plan(request, chosen, server)
            target.begin(asked, extract)
        before = sum(part.rows for part in target.parts())
        for index in range(len(chosen)):
            _read_selector(server, extract, target, chosen[: index + 1], say)
        rows = sum(part.rows for part in target.parts())
        say("writing the file")
        target.join(extract.columns)
    span = extract.span
    return Exported(path=request.out, start=at(span.start_ms), end=at(span.end_ms), rows=rows, resumed=before)


def _distinct(texts: tuple[str, ...]) -> tuple[Selector, ...]:
    if not texts:
        raise UsageError("no selector", fix="platformctl export metrics 'up{job=\"api\"}' --out up.csv")
    return tuple(selectors.parse(text) for text in dict.fromkeys(texts))


def _asked(request: ExportRequest, url: str) -> dict[str, object]:
    """The words of the request; an export goes on only under the same ones."""
    return {
        "server": url,
        "organisation": request.access.organisation or "",
        "selectors": list(request.selectors),
        "period": request.period,
        "zone": request.zone,
        "start": request.start or "",
        "end": request.end or "",
        "step": request.step or "",
        "format": str(request.form),
    }


def _plan(request: ExportRequest, chosen: tuple[Selector, ...], server: SampleServer) -> Extract:
    span = _span(request, server.now_ms())
    texts = tuple(selector.text for selector in chosen)
    step = Duration.parse(request.step) if request.step else None
    if step is not None and step.ms == 0:
        raise UsageError("a step of no length", fix="--step 1m")
    return Extract(
        url=server.url,
        organisation=request.access.organisation or "",
        selectors=texts,
        span=span,
        step_ms=step.ms if step else None,
        columns=server.label_names(texts, span.start_ms, span.end_ms),
    )


def _span(request: ExportRequest, now_ms: int) -> Window:
    if request.start is None and request.end is None:
        found = periods.parse(request.period, zone=request.zone, now=at(now_ms))
        start, end = found.start, found.end
    elif request.start is None:
        raise UsageError("--end without --start", fix="--start 2026-11-01 --end 2026-11-08")
    else:
        start = _instant(request.start, request.zone)
        end = _instant(request.end, request.zone) if request.end else at(now_ms)
    start_ms, end_ms = (round(instant.timestamp() * 1000) for instant in (start, end))
    end_ms = min(end_ms, now_ms)
    if start_ms >= end_ms:
        raise UsageError(
            f"nothing lies between {start:%Y-%m-%dT%H:%M:%SZ} and {at(end_ms):%Y-%m-%dT%H:%M:%SZ}",
            fix="give a --start before --end and before now",
        )
    return Window(start_ms=start_ms, end_ms=end_ms)


def _instant(text: str, zone: str) -> datetime:
    """An instant; without an offset it is meant in the zone."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"not an instant: {text!r} in {zone!r}", fix="write it like 2026-11-01 or 2026-11-01T12:00+01:00"
        ) from error


def _read_selector(
    server: SampleServer, extract: Extract, target: ExportFolder, chosen: tuple[Selector, ...], say: Say
) -> None:
    """The windows of the last of the chosen; series that an earlier one takes are in the file already."""
    index, span = len(chosen) - 1, extract.span
    length, reached = extract.first_length_ms(), _resume_at(target, index, span)
    while reached < span.end_ms:
        done = (reached - span.start_ms) * 100 // span.length_ms
        say(f"{chosen[-1].text}: {done} %, at {at(reached):%Y-%m-%d %H:%M}")
        window = extract.window(reached, length)
        found = _series(server, extract, window, chosen)
        try:
            part = target.write(index, window, extract.columns, _known(found, extract))
        except TooMuch as error:
            shorter = extract.shorter(length)
            if shorter is None:
                raise TooMuch(error.what, where=error.where, fix=_HINT) from error
            length = shorter
            continue
        reached = part.end_ms


def _resume_at(target: ExportFolder, index: int, span: Window) -> int:
    try:
        return resume_at(target.parts(), index, span)
    except ValueError as error:
        raise PlatformError(
            f"cannot go on: {error}", where=str(target.folder), fix="begin anew with --restart"
        ) from error


def _series(
    server: SampleServer, extract: Extract, window: Window, chosen: tuple[Selector, ...]
) -> Iterator[Samples]:
    text = chosen[-1].text
    if extract.step_ms is None:
        found = server.recorded(text, window.start_ms, window.end_ms)
    else:
        found = server.evaluated(text, window.start_ms, extract.last_step_ms(window), extract.step_ms)
    return (s for s in found if not any(earlier.takes(s.labels) for earlier in chosen[:-1]))


def _known(found: Iterator[Samples], extract: Extract) -> Iterator[SeriesRows]:
    columns = {"__name__", *extract.columns}
    for series in found:
        if new := series.labels.keys() - columns:
            raise PlatformError(
                f"the label {min(new)} came up after the export began", fix="begin anew with --restart"
            )
        yield series.labels, series.values
