"""Figures worked by hand, read back with Prometheus' own client library."""

from __future__ import annotations

import json
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from platform_telemetry import contract
from platform_telemetry.contract import Group, MetricType
from platform_telemetry.edge import checkpoint
from platform_telemetry.edge.counts import EdgeCounts
from platform_telemetry.edge.follow import Position


class Clock:
    """A time that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def line(tenant: str = "acme", status: int = 200, duration: float = 0.1, **more: object) -> bytes:
    return json.dumps(
        {"ts": 1_000.0, "status": status, "duration": duration, "tenant": tenant, **more}
    ).encode()


def samples(counts: EdgeCounts) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(counts.text(gaps=0, unread_bytes=0)):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name} {labels}".strip()] = sample.value
    return found


def test_answers_are_counted_by_class_and_duration_and_refusals_apart() -> None:
    counts = EdgeCounts(zero_s=0)
    counts.add([line(), line(status=204, duration=0.25), line(status=502, duration=31)])
    counts.add([line(status=429, duration=0.002, decision="denied"), line(status=429, decision="allowed")])
    counts.add([line("", decision="none"), b"not one of them"])
    found = samples(counts)
    classes = {
        c: found.get(f"edge_requests_total status_class={c},tenant=acme") for c in ("2xx", "4xx", "5xx")
    }
    assert classes == {"2xx": 2, "4xx": 2, "5xx": 1}
    bucket = "edge_request_duration_seconds_bucket le={},tenant=acme"
    assert [found[bucket.format(le)] for le in ("0.25", "30.0", "+Inf")] == [4, 4, 5]
    assert found["edge_request_duration_seconds_count tenant=acme"] == 5
    assert abs(found["edge_request_duration_seconds_sum tenant=acme"] - 31.452) < 1e-9
    assert found["edge_requests_throttled_total tenant=acme"] == 1
    assert found["edge_requests_total status_class=2xx,tenant=unknown"] == 1
    assert found["edge_requests_undecided_total"] == 1
    assert found["edge_log_lines_total outcome=counted"] == 6
    assert found["edge_log_lines_total outcome=malformed"] == 1


def test_the_exposition_is_what_the_catalogue_says() -> None:
    counts = EdgeCounts(zero_s=0)
    counts.add([line(status=status) for status in (101, 200, 301, 404, 500)])
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in text_string_to_metric_families(counts.text(gaps=0, unread_bytes=0))
    }
    assert families.keys() == {spec.name for spec in contract.metrics_of([Group.EDGE])}
    for spec in contract.metrics_of([Group.EDGE]):
        family = families[spec.name]
        assert (family.type, family.documentation) == (spec.type, spec.help)
        assert all(set(sample.labels) - {"le"} == set(spec.labels) for sample in family.samples)
        assert len(family.samples) <= spec.series_limit(tenants=1)
        if spec.type is MetricType.HISTOGRAM:
            bounds = {float(s.labels["le"]) for s in family.samples if "le" in s.labels}
            assert bounds == {*spec.buckets, float("inf")}


def test_a_new_tenant_shows_zeros_first_so_that_an_increase_sees_its_first_requests() -> None:
    clock = Clock()
    counts = EdgeCounts(zero_s=12, now=clock)
    counts.add([line(), line()])
    key = "edge_requests_total status_class=2xx,tenant=acme"
    assert samples(counts)[key] == 0
    clock.now += 11.9
    assert samples(counts)[key] == 0
    clock.now += 0.2
    assert samples(counts)[key] == 2


def test_a_silent_tenant_is_forgotten_and_comes_back_from_zero() -> None:
    clock = Clock()
    counts = EdgeCounts(idle_s=3600, zero_s=0, now=clock)
    counts.add([line("gone"), line("here")])
    clock.now += 3601
    counts.add([json.dumps({"ts": clock.now, "status": 200, "duration": 0.1, "tenant": "here"}).encode()])
    counts.forget_idle()
    assert counts.tenants.keys() == {"here"}
    assert counts.tenants["here"].classes[1] == 2


def test_tenants_beyond_the_limit_share_the_overflow_and_unknown_keeps_its_place() -> None:
    counts = EdgeCounts(most_tenants=2, zero_s=0)
    counts.add([line("a"), line("b"), line("c"), line("d"), line("a"), line("")])
    assert {name: c.classes[1] for name, c in counts.tenants.items()} == {
        "a": 2, "b": 1, "overflow": 2, "unknown": 1,
    }  # fmt: skip
    assert counts.lines == {"counted": 4, "malformed": 0, "old": 0, "overflow": 2}


def test_without_a_place_to_go_on_from_old_lines_are_no_news() -> None:
    counts = EdgeCounts(not_before=1_000.5)
    counts.add([line()])
    assert not counts.tenants
    assert counts.lines["old"] == 1


def test_a_checkpoint_brings_everything_back(tmp_path: Path) -> None:
    before, after = EdgeCounts(zero_s=0), EdgeCounts(zero_s=0)
    before.add(
        [line(), line(status=500, duration=3), line("b", 429, decision="denied"), line(decision="none")]
    )
    position = Position(1, 2, "head", 3)
    checkpoint.save(tmp_path / "place.json", before, position, gaps=4)
    assert checkpoint.load(tmp_path / "place.json", after) == (position, 4)
    assert samples(after) == samples(before)


def test_a_checkpoint_that_is_none_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "place.json"
    for text in ("", "{}", '{"version": 9}', '{"version":1,"position":[1,2,"h",3],"tenants":{"a":[1,2]}}'):
        path.write_text(text)
        counts = EdgeCounts()
        assert checkpoint.load(path, counts) is None
        assert not counts.tenants
