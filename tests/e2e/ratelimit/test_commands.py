"""The admin's commands against a decision service with Redis and PostgreSQL: what they say is what is in force."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.ratelimit.commands import Service, serving
from e2e.ratelimit.databases import PostgresServer
from e2e.ratelimit.servers import RedisServer, wait_until
from typer.testing import CliRunner

from platformctl.app.ratelimit_api import ApiError
from platformctl.errors import PlatformError
from platformctl_cli.main import command_line

pytestmark = pytest.mark.e2e
GOLD = {"limits": [{"name": "per-day", "quota": 4, "window_s": 86400}]}


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, shared_redis: RedisServer, postgres: PostgresServer
) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service"), shared_redis, postgres.url) as running:
        running.api.put("tiers", "gold", body=GOLD)
        yield running


def test_a_tenant_is_entered_shown_and_limited_by_its_tier(service: Service) -> None:
    before = service.asked("ratelimit", "show", "acme")
    assert before["tier"] == "standard"
    assert before["tenant"] == {}
    entered = service.asked("ratelimit", "set", "acme", "--tier", "gold", "--reason", "order 4711")
    assert entered["limits"] == [
        {"name": "per-day", "scope": "tenant", "group": None, "quota": 4, "tier_quota": 4, "window_s": 86400.0,
         "algorithm": "sliding-window"}
    ]  # fmt: skip
    wait_until(lambda: service.asked("ratelimit", "usage", "acme") != [], what="the tier at the limiter")
    assert [service.decide("acme") for _ in range(5)] == [200, 200, 200, 200, 429]
    (left,) = service.asked("ratelimit", "usage", "acme")
    assert left == {"name": "per-day", "scope": "tenant", "quota": 4, "remaining": 0}
    text = service.run("ratelimit", "show", "acme").stdout
    assert "per-day  tenant  4      86400 s  sliding-window" in text


def test_an_override_raises_the_quota_until_it_is_taken_back(service: Service) -> None:
    words = ("ratelimit", "override", "over", "per-day")
    service.run("ratelimit", "set", "over", "--tier", "gold")
    raised = service.asked(*words, "--quota", "6", "--for", "2h", "--reason", "their migration")
    assert [limit["quota"] for limit in raised["limits"]] == [6]
    assert raised["tenant"]["overrides"]["per-day"]["reason"] == "their migration"
    wait_until(lambda: service.asked("ratelimit", "usage", "over")[0]["quota"] == 6, what="the override")
    assert [service.decide("over") for _ in range(7)] == [200] * 6 + [429]
    assert "override 6 until" in service.run("ratelimit", "show", "over").stdout
    back = service.asked(*words, "--remove")
    assert [limit["quota"] for limit in back["limits"]] == [4]


def test_an_emergency_tightens_blocks_and_is_released_one_by_one(service: Service) -> None:
    for name in ("bad", "worse"):
        service.run("ratelimit", "set", name, "--tier", "gold")
    service.run("ratelimit", "emergency", "bad", "--factor", "0.5", "--reason", "runaway")
    now = service.asked("ratelimit", "emergency", "worse", "--block", "--reason", "stolen key")
    assert now == {"everything": 1.0, "tiers": {}, "tenants": {"bad": 0.5}, "blocked": ["worse"]}
    wait_until(lambda: service.decide("worse") == 429, what="the block")
    wait_until(lambda: service.asked("ratelimit", "usage", "bad")[0]["quota"] == 2, what="the factor")
    assert "every request is refused" in service.run("ratelimit", "show", "worse").stdout
    assert "tenant bad x 0.5" in service.run("ratelimit", "show", "bad").stdout
    now = service.asked("ratelimit", "release", "worse")
    assert now["tenants"] == {"bad": 0.5}
    assert now["blocked"] == []
    wait_until(lambda: service.decide("worse") == 200, what="the release")
    assert service.asked("ratelimit", "release", "--all")["tenants"] == {}


def test_a_tier_and_everything_need_a_yes_and_multiply(service: Service) -> None:
    refused = service.run("ratelimit", "emergency", "--everything", "--factor", "0.5")
    assert refused.exit_code != 0
    assert service.asked("ratelimit", "show", "calm")["emergency"]["everything"] == 1.0
    service.run("ratelimit", "emergency", "--everything", "--factor", "0.5", "--yes")
    service.run("ratelimit", "emergency", "--tier", "gold", "--factor", "0.5", "--yes")
    service.run("ratelimit", "set", "calm", "--tier", "gold")
    assert [limit["quota"] for limit in service.asked("ratelimit", "show", "calm")["limits"]] == [1]
    service.run("ratelimit", "release", "--all")


def test_a_key_names_its_tenant_until_it_is_revoked(service: Service) -> None:
    service.run("ratelimit", "set", "keyed", "--tier", "gold")
    assert service.run("ratelimit", "key", "nobody-here", "ci").exception is not None
    old, new = (service.run("ratelimit", "key", "keyed", "ci").stdout.strip() for _ in range(2))
    wait_until(lambda: service.tenant_of(new) == "keyed", what="the key")
    assert service.tenant_of(old) == ""
    other = service.run("ratelimit", "key", "keyed", "other", "--revoke").exception
    assert "its keys: ci" in str(other)
    assert service.run("ratelimit", "key", "keyed", "ci", "--revoke").exit_code == 0
    wait_until(lambda: service.tenant_of(new) == "", what="the end of the key")
    assert new not in str(service.asked("ratelimit", "audit", "keyed"))


def test_a_rollout_of_one_tenant_leaves_the_others(service: Service) -> None:
    service.run("ratelimit", "set", "shy", "--tier", "gold")
    assert service.asked("ratelimit", "rollout", "shadow", "--tenant", "shy")["mode"] == "shadow"
    wait_until(lambda: len(service.asked("ratelimit", "usage", "shy")) == 1, what="the tier")
    assert [service.decide("shy") for _ in range(6)] == [200] * 6
    assert "shadow (its own)" in service.run("ratelimit", "show", "shy").stdout
    assert "tenant shy  shadow" in service.run("ratelimit", "rollout").stdout
    back = service.asked("ratelimit", "rollout", "all", "--tenant", "shy")
    assert (back["mode"], back["rollout"]["tenants"]) == ("enforce", {})


def test_a_rollout_grows_by_percentage_live_and_keeps_who_is_in(service: Service) -> None:
    """Tenants over their limit: nobody is refused in shadow, some at 50 %, the same and more at 75 %."""
    names = [f"grown-{number}" for number in range(5)]
    moves = [{"tenant": name, "before": None, "after": "gold"} for name in names]
    service.api.patch("tenant-tiers", body={"moves": moves})
    assert service.run("ratelimit", "rollout", "off").exit_code != 0  # without a yes
    service.run("ratelimit", "rollout", "shadow", "--yes")
    wait_until(lambda: len(service.asked("ratelimit", "usage", names[-1])) == 1, what="the tiers")
    assert {service.decide(name) for name in names for _ in range(5)} == {200}

    def refused(percentage: int) -> set[str]:
        words = ("ratelimit", "rollout", "enforce", "--percentage", str(percentage), "--yes")
        assert service.asked(*words)["percent"] == percentage
        found = {name: service.api.get("tenants", name, "rollout").fields["mode"] for name in names}
        expected = {name for name, mode in found.items() if mode == "enforce"}
        wait_until(
            lambda: {name for name in names if service.decide(name) == 429} == expected, what="the rollout"
        )
        return expected

    half, most = refused(50), refused(75)
    assert set() < half < most < set(names)
    told = service.run("ratelimit", "show", min(half)).stdout
    assert "enforce (all: enforce for 75 %, shadow for the others)" in told
    service.run("ratelimit", "rollout", "off", "--yes")
    wait_until(lambda: {service.decide(name) for name in names} == {200}, what="the end of limits")
    assert service.asked("ratelimit", "rollout", "enforce", "--yes")["percent"] == 100


def test_the_trail_names_who_did_what_and_why(service: Service) -> None:
    service.run("ratelimit", "set", "traced", "--tier", "gold", "--reason", "one", bob=True)
    service.run("ratelimit", "set", "traced", "--tier", "standard", "--reason", "two")
    trail = service.asked("ratelimit", "audit", "traced")
    assert [(e["actor"], e["action"], e["reason"]) for e in trail] == [
        ("admin", "put-tenant", "two"),
        ("bob", "put-tenant", "one"),
    ]
    assert "put-tenant" in service.run("ratelimit", "audit", "--subject", "tenant:traced").stdout


def test_who_saw_an_older_state_is_refused_and_told_what_to_do(service: Service) -> None:
    seen = service.asked("ratelimit", "set", "contested", "--tier", "gold")["state"]
    service.run("ratelimit", "set", "contested", "--tier", "standard", bob=True)
    late = service.run("ratelimit", "set", "contested", "--tier", "gold", "--state", seen)
    assert isinstance(late.exception, ApiError)
    assert late.exception.status == 412
    assert "look again" in str(late.exception)
    assert service.asked("ratelimit", "show", "contested")["tier"] == "standard"


def test_emergencies_of_several_admins_at_once_are_all_kept(service: Service) -> None:
    names = [f"storm-{n}" for n in range(4)]
    commands = [threading.Thread(target=tighten, args=(service, name), name=name) for name in names]
    for command in commands:
        command.start()
    for command in commands:
        command.join()
    assert set(names) <= service.asked("ratelimit", "show", "acme")["emergency"]["tenants"].keys()
    service.run("ratelimit", "release", "--all")


def tighten(service: Service, tenant: str) -> None:
    from platformctl.app import ratelimit

    ratelimit.tighten(service.api, ratelimit.Target(tenant=tenant), 0.5, reason="")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "acme", "--tier", "nonsense"), "no tier 'nonsense'"),
        (("override", "acme", "nonsense", "--quota", "5"), "has no limit 'nonsense'"),
        (("show", "../policy"), "'../policy' is not a name"),
    ],
)
def test_what_the_limiter_refuses_is_told(service: Service, words: tuple[str, ...], said: str) -> None:
    done = service.run("ratelimit", *words)
    assert isinstance(done.exception, PlatformError)
    with pytest.raises(PlatformError, match=said):
        raise done.exception


def test_a_wrong_token_and_a_wrong_place_are_told_apart(service: Service, tmp_path: Path) -> None:
    guess = tmp_path / "guess"
    guess.write_text("guess")
    wrong = CliRunner().invoke(
        command_line(), ["ratelimit", "show", "x", "--url", service.url, "--token-file", str(guess)]
    )
    assert "not that of an admin" in str(wrong.exception)
    elsewhere = f"http://127.0.0.1:{service.port}/elsewhere"
    lost = CliRunner().invoke(
        command_line(), ["ratelimit", "show", "x", "--url", elsewhere, "--token-file", str(guess)]
    )
    assert "there is no admin API here" in str(lost.exception)
    away = CliRunner().invoke(
        command_line(),
        ["ratelimit", "show", "x", "--url", "http://127.0.0.1:1/admin", "--token-file", str(guess)],
    )
    assert "no answer" in str(away.exception)
    abroad = CliRunner().invoke(
        command_line(),
        ["ratelimit", "show", "x", "--url", "http://192.0.2.1/admin", "--token-file", str(guess)],
    )
    assert "unencrypted" in str(abroad.exception)


def test_without_a_deployment_the_way_to_name_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lost = CliRunner().invoke(command_line(), ["ratelimit", "show", "acme"])
    assert "no rate limiter runs in this workspace" in str(lost.exception)
    assert "--url" in str(lost.exception)


def test_the_admin_api_of_the_service_is_closed_to_strangers(service: Service) -> None:
    import httpx

    assert httpx.get(f"{service.url}/policy").status_code == 401
    document = httpx.get(f"http://127.0.0.1:{service.port}/admin/openapi.json").json()
    assert "/admin/ratelimit/tenant-tiers" in document["paths"]
    assert json.dumps(document).count("the admin's token") == 0
