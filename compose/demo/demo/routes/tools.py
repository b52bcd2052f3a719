"""The three tools: each looks at the tenant's records and keeps what it found."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from sqlalchemy import ColumnElement, Text, cast, func, insert, select

from demo import schema
from demo.parts import Platform, User
from platform_telemetry.events import Tool

router = APIRouter()

_AMOUNT: Final = schema.RECORDS.c.amount_cents
_FINDINGS: Final[dict[Tool, ColumnElement[object]]] = {
    Tool.MARKET_EDGE: func.percentile_cont(0.5).within_group(_AMOUNT),
    Tool.CAUSAL_EDGE: func.corr(func.octet_length(schema.RECORDS.c.payload), _AMOUNT),
    Tool.VALUE_EDGE: func.sum(_AMOUNT),
}
"""The median price, how far detail goes along with price, and the whole value."""


@router.post("/tools/{tool}/runs", status_code=201)
async def run_tool(platform: Platform, user: User, tool: Tool) -> dict[str, str | None]:
    """Run a tool over the tenant's records."""
    async with platform.database.work() as work:
        finding = select(func.coalesce(cast(_FINDINGS[tool], Text), "nothing yet"))
        result = await work.value(finding.where(schema.RECORDS.c.tenant == user.tenant))
        await work.run(insert(schema.TOOL_RUNS).values(tenant=user.tenant, tool=tool, result=result))
        work.count(platform.events.ran_tool, user.tenant, tool)
    return {"tool": tool, "result": str(result)}
