"""The response fields, written out by hand from draft-ietf-httpapi-ratelimit-headers-11."""

from __future__ import annotations

import json

from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.headers import HeaderFields, Revision
from platform_ratelimit.plan import Plan, Planner
from platform_ratelimit.policy import Limit, PolicySnapshot, Tier
from platform_ratelimit.problem import problem


def plan() -> Plan:
    limits = (
        Limit(name="tenant-sec", quota=20, window_s=1),
        Limit(name="tenant-min", quota=1000, window_s=60),
    )
    ceiling = (Limit(name="platform", quota=5000, window_s=1),)
    tiers = {"t": Tier(name="t", limits=limits)}
    return Planner(PolicySnapshot(version=1, tiers=tiers, default_tier="t", ceiling=ceiling)).for_tenant(
        "acme", "default"
    )


def test_an_allowed_answer_tells_the_tightest_limit() -> None:
    decision = Decision(
        plan(), Source.REDIS, allowed=True, index=1, reset_ms=30_001, remaining=[19, 12, 4000]
    )
    assert HeaderFields().of(decision) == [
        (b"ratelimit-policy", b'"tenant-sec";q=20;w=1, "tenant-min";q=1000;w=60'),
        (b"ratelimit", b'"tenant-min";r=12;t=31'),
        (b"x-ratelimit-limit", b"1000"),
        (b"x-ratelimit-remaining", b"12"),
        (b"x-ratelimit-reset", b"31"),
    ]


def test_a_refusal_says_when_to_come_back_and_never_sooner_than_the_reset() -> None:
    decision = Decision(plan(), Source.REDIS, allowed=False, index=0, reset_ms=1, remaining=[0, 12, 4000])
    fields = dict(HeaderFields().of(decision))
    assert fields[b"retry-after"] == b"1"
    assert fields[b"ratelimit"] == b'"tenant-sec";r=0;t=1'


def test_the_platforms_own_budget_is_not_told() -> None:
    allowed = Decision(plan(), Source.REDIS, allowed=True, index=2, reset_ms=900, remaining=[19, 12, 1])
    assert dict(HeaderFields().of(allowed))[b"ratelimit"] == b'"tenant-min";r=12;t=1'
    refused = Decision(plan(), Source.REDIS, allowed=False, index=2, reset_ms=900, remaining=[19, 12, 0])
    assert HeaderFields().of(refused) == [(b"retry-after", b"1")]
    assert b"5000" not in problem(refused)[1]


def test_parameters_follow_the_revision_and_either_family_can_be_off() -> None:
    decision = Decision(plan(), Source.REDIS, allowed=True, index=0, reset_ms=500, remaining=[19, 999, 4999])
    renamed = HeaderFields(ietf=Revision(remaining=b"available", reset=b"effective-window"), x_fields=False)
    assert renamed.of(decision)[1] == (b"ratelimit", b'"tenant-sec";available=19;effective-window=1')
    names = [name for name, _ in HeaderFields(ietf=None).of(decision)]
    assert names == [b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset"]


def test_without_a_budget_there_are_no_fields() -> None:
    assert HeaderFields().of(Decision(plan(), Source.OPEN, allowed=True)) == []
    assert HeaderFields().of(Decision(plan(), Source.CLOSED, allowed=False, reset_ms=1000)) == [
        (b"retry-after", b"1")
    ]


def test_a_refusal_is_a_problem_that_names_the_violated_policy() -> None:
    status, body = problem(
        Decision(plan(), Source.REDIS, allowed=False, index=1, reset_ms=1, remaining=[1, 0, 1])
    )
    assert (status, json.loads(body)) == (
        429,
        {
            "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
            "title": "Too many requests",
            "status": 429,
            "detail": "More than 1000 requests in 60 s.",
            "violated-policies": ["tenant-min"],
        },
    )


def test_a_group_that_fails_closed_answers_503_and_a_blocked_tenant_429() -> None:
    assert problem(Decision(plan(), Source.CLOSED, allowed=False, reset_ms=1000))[0] == 503
    assert problem(Decision(plan(), Source.BLOCKED, allowed=False, reset_ms=1000))[0] == 429
