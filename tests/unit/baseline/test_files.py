"""A version on disk, read back; and the series that a release makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import sample
from support.sites import native_site

from platformctl.errors import DefinitionError
from platformctl.model.baseline import Baseline, Cell, Profile, Subject, SubjectKind, ZoneChange
from platformctl.render import baseline as feed
from platformctl.render import prometheus
from platformctl.sinks import baseline_files
from platformctl.sources import baselines

HOSTILE = Subject(kind=SubjectKind.ENDPOINT, job="api", route='/"q"\\{x}\n', method="GET")
GOLD = Subject(kind=SubjectKind.TIER, tier="gold")


def baseline(hours: int = 3) -> Baseline:
    cell = Cell(hours=hours, requests=1234, seconds={"0.5": 0.01, "0.95": 0.123456})
    few = Cell(hours=3, requests=20, seconds={"0.5": 0.01})
    return Baseline(
        version=1,
        recorded_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        period="2026-W46",
        zone="Europe/Berlin",
        reason='said "so"\nin two lines',
        zone_changes=(ZoneChange(at=0, seconds=3600), ZoneChange(at=1_806_195_600, seconds=3600)),
        profiles=(
            Profile(subject=HOSTILE, cells={0: cell, 167: few}),
            Profile(subject=GOLD, cells={144: cell}),
        ),
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    baseline_files.add(tmp_path / baselines.FOLDER, baseline(), seals="")
    assert baselines.latest(tmp_path) == baseline()


def test_without_a_version_there_is_none(tmp_path: Path) -> None:
    assert baselines.latest(tmp_path) is None
    with pytest.raises(DefinitionError, match="no version 1"):
        baselines.version(tmp_path, 1)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"kind": "tier", "hour": "Mon 25"}', '{"kind": "planet", "hour": "Mon 00"}']
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = baseline_files.add(tmp_path / baselines.FOLDER, baseline(), seals="")
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DefinitionError) as raised:
        baselines.latest(tmp_path)
    assert str(raised.value.where).endswith("0001.jsonl:5")


def rendered(made: Baseline | None) -> str:
    platform = replace(sample.PLATFORM, baseline=made)
    return "".join(a.content.decode() for a in feed.render(platform, native_site(platform)))


def test_hours_are_counted_from_sunday_and_labels_are_escaped() -> None:
    lines = [line for line in rendered(baseline()).splitlines() if line.startswith("platform_baseline_p95")]
    assert lines == [
        'platform_baseline_p95_seconds{kind="endpoint", service="api", route="/\\"q\\"\\\\{x}\\n",'
        ' method="GET", hour_of_week="24"} 0.123456',
        'platform_baseline_p95_seconds{kind="tier", tier="gold", hour_of_week="0"} 0.123456',
    ]


def test_one_hour_alone_serves_no_alert() -> None:
    assert "platform_baseline_p95_seconds{" not in rendered(baseline(hours=1))


def test_without_a_baseline_nothing_is_published_and_scraped() -> None:
    assert rendered(None) == ""
    platform = sample.PLATFORM
    (config,) = prometheus.render(platform, native_site(platform))
    assert b"baseline" not in config.content
