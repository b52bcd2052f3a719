"""schemathesis against the admin API's own OpenAPI: no request, however odd, makes it fail or lie."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from platform_ratelimit.admin import SuperAdmins, admin_router
from platform_ratelimit.admin.models import LimitUsage
from platform_ratelimit.db.edit import PolicyStore
from platform_ratelimit.db.migrate import migrate

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
TOKEN = {"Authorization": "Bearer token"}
pytestmark = [pytest.mark.e2e, pytest.mark.slow]


async def announce(_message: bytes) -> None:
    return


async def usage(_tenant: str) -> list[LimitUsage]:
    return [LimitUsage(name="all", scope="tenant", quota=10, remaining=7)]


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder: Path = tmp_path_factory.mktemp("admin")
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/limits.db", poolclass=NullPool)
    asyncio.run(migrate(engine))
    app = FastAPI()
    digest = {"ann": hashlib.sha256(b"token").hexdigest()}
    store = PolicyStore(engine)
    app.include_router(
        admin_router(store, authenticate=SuperAdmins(digest), announce=announce, usage=usage), prefix="/admin"
    )
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_every_answer_is_one_the_document_allows(api_schema: object) -> None:
    operations = [result.ok() for result in api_schema.get_all_operations()]  # type: ignore[attr-defined]
    assert len(operations) >= 20
    for operation in operations:

        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def answers_as_documented(case) -> None:  # type: ignore[no-untyped-def]
            # Well-formed is not enough here: 412, 422 and 428 are answers to well-formed requests too.
            case.call_and_validate(headers=TOKEN, excluded_checks=[checks.positive_data_acceptance])

        answers_as_documented()
