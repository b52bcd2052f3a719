"""Baselines on disk: each version is a new file; none is ever changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from platformctl.model.baseline import Baseline, Cell, HourOfWeek, Subject, hour_name
from platformctl.sinks.files import write_atomically


def add(folder: Path, baseline: Baseline, *, seals: str) -> Path:
    """Write the baseline as a new file; `seals` is the checksum of the version before it."""
    path = folder / f"{baseline.version:04}.jsonl"
    write_atomically(path, "".join(f"{line}\n" for line in _lines(baseline, seals)))
    return path


def _lines(baseline: Baseline, seals: str) -> Iterator[str]:
    head = {
        "format": 1,
        "version": baseline.version,
        "recorded_at": baseline.recorded_at.isoformat(timespec="seconds"),
        "period": baseline.period,
        "zone": baseline.zone,
        "reason": baseline.reason,
        "zone_changes": [[change.at, change.seconds] for change in baseline.zone_changes],
        "seals": seals,
    }
    yield json.dumps(head, ensure_ascii=False)
    for profile in baseline.profiles:
        for hour, cell in sorted(profile.cells.items()):
            yield json.dumps(_entry(profile.subject, hour, cell), ensure_ascii=False)


def _entry(subject: Subject, hour: HourOfWeek, cell: Cell) -> dict[str, object]:
    labels = {name: getattr(subject, name) for name in ("job", "route", "method", "tier")}
    return {
        "kind": str(subject.kind),
        **{name: value for name, value in labels.items() if value},
        "hour": hour_name(hour),
        "hours": cell.hours,
        "requests": cell.requests,
        "seconds": dict(cell.seconds),
    }
