"""What is old goes, and the tenants' totals stay true."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest
from demo.database import Database
from demo.faults import Faults
from demo.settings import Settings
from demo.upkeep import sweep
from support import demo
from support.demo import Service
from support.servers import Postgres

from platform_telemetry import contract
from platform_telemetry.database import DatabaseTelemetry
from platform_telemetry.instruments import Instruments

pytestmark = pytest.mark.e2e

SURPLUS: Final = 5
FILL: Final = (
    f"""INSERT INTO records (tenant, kind, payload, amount_cents)
        SELECT 'lumiere', 'ticket', repeat('x', 10), 100 FROM generate_series(1, 2000 + {SURPLUS})""",
    f"""UPDATE tenants SET records = 2000 + {SURPLUS}, data_bytes = 10 * (2000 + {SURPLUS})
        WHERE id = 'lumiere'""",
    """INSERT INTO tool_runs (tenant, tool, result, at)
       VALUES ('lumiere', 'value_edge', 'old', now() - interval '25 hours'), ('lumiere', 'value_edge', 'new', now())
       RETURNING id""",
)
TOTALS: Final = """
    SELECT records, data_bytes, (SELECT count(*) FROM records WHERE tenant = tenants.id)
    FROM tenants WHERE id = 'lumiere'
"""


def test_old_rows_and_surplus_records_go_and_the_totals_follow(
    api: Service, postgres: Postgres, redis: str, tmp_path: Path
) -> None:
    settings = Settings(
        postgres_address=postgres.address, postgres_password=postgres.password, redis_address=redis,
        login_key=b"", identity_key="", registry=tmp_path, admin_networks=(),
    )  # fmt: skip

    async def sweep_once() -> None:
        database = Database(settings, Faults(), DatabaseTelemetry(Instruments(contract.METRICS)))
        async with database.work() as work:
            await sweep(work)
        await database.close()

    demo.query(postgres, *FILL)
    asyncio.run(sweep_once())
    assert demo.query(postgres, TOTALS) == [(2000, 20_000, 2000)]
    assert demo.query(postgres, "SELECT result FROM tool_runs") == [("new",)]
