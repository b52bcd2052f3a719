"""Offers the fixtures, or leaves the tests out where a package is missing; test_needs.py says which."""

from __future__ import annotations

from e2e.ratelimit.needs import missing

if missing():
    collect_ignore_glob = ["test_[!n]*.py"]
else:
    from e2e.ratelimit.fixtures import database_url, own_redis, postgres, redis_server, shared_redis

    __all__ = ["database_url", "own_redis", "postgres", "redis_server", "shared_redis"]
