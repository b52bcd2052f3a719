"""The limiter's settings from environment variables: what is told is meant, and what is wrong names its variable."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from platform_ratelimit.environment import admins_from, mark_from, proxies_from, settings_from
from platform_ratelimit.errors import RateLimitError


def test_every_place_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("one two\n")
    (tmp_path / "database").write_text("p@ss/word\n")
    settings = settings_from(
        {
            "RATELIMIT_REDIS_URL": "redis://limiter@10.0.0.1:6380/2",
            "RATELIMIT_REDIS_PASSWORD_FILE": str(tmp_path / "redis"),
            "RATELIMIT_REDIS_CLUSTER": "10.0.0.1:7000, [2001:db8::1]:7001",
            "RATELIMIT_REDIS_SENTINELS": "10.0.0.9:26379",
            "RATELIMIT_REDIS_MASTER": "limits",
            "RATELIMIT_DEADLINE_MS": "5",
            "RATELIMIT_DATABASE_URL": "postgresql+asyncpg://app@db/limits",
            "RATELIMIT_DATABASE_PASSWORD_FILE": str(tmp_path / "database"),
            "RATELIMIT_FAIR_SHARE": "0.25",
        }
    )
    redis = settings.redis
    assert (redis.host, redis.port, redis.database, redis.password) == ("10.0.0.1", 6380, 2, "one two")
    assert redis.deadline_s == 0.005
    assert settings.cluster == (("10.0.0.1", 7000), ("2001:db8::1", 7001))
    assert (settings.sentinels, settings.master) == ((("10.0.0.9", 26379),), "limits")
    assert settings.database_url == "postgresql+asyncpg://app:p%40ss%2Fword@db/limits"
    assert settings.fair_share == 0.25
    assert "p%40ss" not in repr(settings)
    assert "one two" not in repr(settings)


def test_what_is_not_told_is_safe() -> None:
    settings = settings_from({})
    assert (settings.redis.host, settings.redis.deadline_s) == ("127.0.0.1", 0.008)
    assert settings.database_url is None
    assert (admins_from({}), mark_from({})) == ({}, None)
    peer = {"client": ("127.0.0.1", 1), "headers": []}
    assert not proxies_from({}).trusts(peer)
    assert proxies_from({}, default=("127.0.0.0/8",)).trusts(peer)
    assert not proxies_from({"RATELIMIT_TRUSTED_PROXIES": ""}, default=("127.0.0.0/8",)).trusts(peer)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("RATELIMIT_REDIS_CLUSTER", "10.0.0.1"),
        ("RATELIMIT_REDIS_SENTINELS", ":1"),
        ("RATELIMIT_DEADLINE_MS", "soon"),
        ("RATELIMIT_DEADLINE_MS", "0"),
        ("RATELIMIT_FAIR_SHARE", "nan"),
    ],
)
def test_what_is_wrong_names_its_variable(variable: str, text: str) -> None:
    with pytest.raises(RateLimitError, match=variable):
        settings_from({variable: text})


def test_admins_are_named_with_digests_and_one_may_have_a_token(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"bob's").hexdigest()
    (tmp_path / "admins").write_text(f"# us\n\nbob {digest}\n")
    (tmp_path / "token").write_text("secret\n")
    told = {
        "RATELIMIT_ADMINS_FILE": str(tmp_path / "admins"),
        "RATELIMIT_ADMIN_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert admins_from(told) == {"bob": digest, "admin": hashlib.sha256(b"secret").hexdigest()}
    (tmp_path / "admins").write_text("bob secret\n")
    with pytest.raises(RateLimitError, match="line 1"):
        admins_from(told)
