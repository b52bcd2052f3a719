"""Refusals in the log and on the span: who and what, never whose address or key."""

from __future__ import annotations

import logging

import pytest

from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.denials import DenialLog
from platform_ratelimit.plan import Planner
from platform_ratelimit.policy import Limit, PolicySnapshot, Tier

TIER = Tier(name="t", limits=(Limit(name="min", quota=10, window_s=60),))
PLANNER = Planner(PolicySnapshot(version=1, tiers={"t": TIER}, default_tier="t", anonymous=TIER))
SCOPE = {"headers": [(b"x-request-id", b"req-1\nforged=1"), (b"authorization", b"Bearer s3cret")]}


def denied(subject: str) -> Decision:
    plan = (
        PLANNER.for_address(subject, "default")
        if subject[:3] == "ip:"
        else PLANNER.for_tenant(subject, "default")
    )
    return Decision(plan, Source.REDIS, allowed=False, index=0, reset_ms=1500, remaining=[0])


def test_a_record_carries_the_fields_and_no_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "platform_ratelimit.denials")
    DenialLog().note(denied("acme"), SCOPE)
    DenialLog().note(denied("ip:192.0.2.77"), SCOPE)
    first, second = caplog.records
    wanted = {"tenant": "acme", "endpoint_group": "default", "limit": "min", "limit_type": "tenant",
              "retry_after_s": 2, "request_id": "req-1forged1", "mode": "enforce"}  # fmt: skip
    assert {name: first.__dict__[name] for name in wanted} == wanted
    assert second.__dict__["tenant"] == "anonymous"
    assert "192.0.2.77" not in str(second.__dict__)
    assert "s3cret" not in str(first.__dict__)


def test_a_flood_is_one_line_in_ten_seconds_that_says_how_many_it_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "platform_ratelimit.denials")
    now = 0.0
    log = DenialLog(clock=lambda: now)
    for _ in range(100):
        log.note(denied("acme"), SCOPE)
    now = 10.0
    log.note(denied("acme"), SCOPE)
    assert [record.__dict__["left_out"] for record in caplog.records] == [0, 99]


def test_the_span_says_what_was_decided() -> None:
    reason = "opentelemetry-sdk is not installed: install the group ratelimit"
    pytest.importorskip("opentelemetry.sdk", reason=reason)
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from platform_ratelimit.tracing import annotate_span

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    annotate_span(denied("acme"))  # without a span: nothing
    with provider.get_tracer("test").start_as_current_span("request"):
        annotate_span(denied("acme"))
    (span,) = exporter.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "ratelimit.outcome": "denied",
        "ratelimit.source": "redis",
        "ratelimit.mode": "enforce",
        "ratelimit.endpoint_group": "default",
        "ratelimit.tenant": "acme",
        "ratelimit.limit": "min",
        "ratelimit.remaining": 0,
    }
