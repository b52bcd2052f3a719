"""Statements are told apart by what they do, and failures by what failed."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from platform_telemetry import contract
from platform_telemetry.contract import Group
from platform_telemetry.database import DatabaseTelemetry, kind_of, operation_of
from platform_telemetry.instruments import Instruments


@pytest.mark.parametrize(
    ("statement", "operation"),
    [
        ("SELECT 1", "select"),
        ("  insert INTO t VALUES (1)", "insert"),
        ("UPDATE t SET a = 1", "update"),
        ("\nDELETE FROM t", "delete"),
        ("WITH gone AS (DELETE FROM t) SELECT 1", "other"),
        ("CREATE TABLE t (a int)", "other"),
        ("", "other"),
    ],
)
def test_the_operation_is_the_first_word(statement: str, operation: str) -> None:
    assert operation_of(statement) == operation


def test_failures_are_told_apart() -> None:
    broken = OperationalError("SELECT 1", {}, Exception("syntax"))
    cut = OperationalError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    assert kind_of(PoolTimeout()) == "pool_timeout"
    assert kind_of(cut) == "connection"
    assert kind_of(broken) == "query"
    assert kind_of(ConnectionRefusedError()) == "connection"


def test_statements_are_timed_whether_they_succeed_or_fail() -> None:
    instruments = Instruments(contract.metrics_of((Group.DATABASE,)))
    engine = create_engine("sqlite://")
    DatabaseTelemetry(instruments, slow_s=0).watch(engine)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT * FROM nowhere"))
        connection.execute(text("SELECT 2"))
    engine.dispose()
    shown = instruments.text()
    assert 'db_query_duration_seconds_count{operation="select"} 3' in shown
    assert 'db_slow_queries_total{operation="select"} 3' in shown
