"""Telemetry is on for whom the flags say, from the moment they say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_telemetry import rollout
from platform_telemetry.rollout import LiveFlags, Rollout, Switch

TENANTS = [f"tenant-{number}" for number in range(1_000)]
SEGMENTS = {"grand-hotel": ("gold", "hotels"), "lumiere": ("trial", "cinemas")}


def segments_of(tenant: str) -> tuple[str, ...]:
    return SEGMENTS.get(tenant, ())


class Live:
    """Flags over a file, and a clock that moves when it is told to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.flags = LiveFlags(path, segments_of=segments_of, clock=lambda: self.now)

    def say(self, text: str) -> None:
        """Write the file, as another one than before, and let a second pass."""
        temporary = self.path.with_suffix(".new")
        temporary.write_text(text)
        temporary.replace(self.path)
        self.now += 1.0


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(tmp_path / "telemetry.json")


def test_a_percentage_takes_about_that_share_of_the_tenants_and_more_only_adds_to_it() -> None:
    def covered(percent: int) -> set[str]:
        some = Rollout(percent=percent)
        return {tenant for tenant in TENANTS if some.covers(tenant, segments_of)}

    assert 220 < len(covered(25)) < 280
    assert covered(0) < covered(25) < covered(50) < covered(100) == set(TENANTS)


def test_a_tenant_wins_over_its_segment_and_a_segment_over_the_percentage() -> None:
    some = Rollout(percent=0, segments={"gold": Switch.ON}, tenants={"lumiere": Switch.ON})
    assert some.covers("grand-hotel", segments_of)
    assert some.covers("lumiere", segments_of)
    assert not some.covers("nordwind", segments_of)
    assert not Rollout(tenants={"grand-hotel": Switch.OFF}).covers("grand-hotel", segments_of)


def test_of_two_segments_that_disagree_off_wins() -> None:
    some = Rollout(percent=100, segments={"gold": Switch.ON, "hotels": Switch.OFF})
    assert not some.covers("grand-hotel", segments_of)


def test_a_change_of_the_file_is_in_force_within_a_second_and_its_end_as_well(live: Live) -> None:
    assert live.flags.traces("nordwind")
    live.say('{"tracing": "off"}')
    assert not live.flags.traces("nordwind")
    assert live.flags.counts("nordwind")
    live.say('{"tracing": {"percent": 0, "tenants": {"nordwind": "on"}}, "access_log": "off"}')
    assert live.flags.traces("nordwind")
    assert not live.flags.logs("nordwind")
    live.path.unlink()
    live.now += 1.0
    assert live.flags.logs("nordwind")


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"tracing": 7}', '{"traces": "on"}', '{"tracing": {"percent": 101}}',
     '{"tracing": {"percent": true}}', '{"tracing": {"segments": {"gold": "maybe"}}}',
     '{"tracing": {"tenant": {}}}', '{"tracing": {"tenants": ["gold"]}}'],
)  # fmt: skip
def test_a_file_that_is_wrong_changes_nothing_and_is_told(
    live: Live, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    live.say('{"tracing": "off"}')
    assert not live.flags.traces("nordwind")
    live.say(text)
    assert not live.flags.traces("nordwind")
    assert "stay as they were" in caplog.text


def test_a_rollout_knows_when_nobody_needs_to_be_asked() -> None:
    assert rollout.ALL_ON.metrics.is_full
    assert Rollout(tenants={"a": Switch.ON}).is_full
    assert not Rollout(tenants={"a": Switch.OFF}).is_full
    assert not Rollout(percent=99).is_full
