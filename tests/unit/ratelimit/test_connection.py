"""What the thin client puts on the wire, and when."""

from __future__ import annotations

import asyncio

from platform_ratelimit.redis.connection import Connection


class Wire(asyncio.Transport):
    """Keeps what is written, a chunk for each write."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.chunks.append(bytes(data))

    def take(self) -> list[bytes]:
        chunks, self.chunks = self.chunks, []
        return chunks


def connected() -> tuple[Connection, Wire]:
    wire = Wire()
    connection = Connection(
        deadline_s=5, most_pending=100, on_lost=lambda: None, on_push=lambda _message: None
    )
    connection.connection_made(wire)
    return connection, wire


async def turn(connection: Connection, wire: Wire, *commands: bytes) -> list[bytes]:
    """The writes of one turn of the loop with these commands, all of them answered."""
    futures = [connection.send(command) for command in commands]
    await asyncio.sleep(0)
    chunks = wire.take()
    connection.data_received(b":1\r\n" * len(commands))
    assert [await future for future in futures] == [1] * len(commands)
    return chunks


def test_a_command_alone_leaves_at_once() -> None:
    async def scenario() -> None:
        connection, wire = connected()
        answer = connection.send(b"a")
        assert wire.take() == [b"a"]  # not a turn of the loop later
        connection.data_received(b":1\r\n")
        assert await answer == 1

    asyncio.run(scenario())


def test_once_turns_are_crowded_each_is_one_write() -> None:
    async def scenario() -> None:
        connection, wire = connected()
        assert await turn(connection, wire, b"a", b"b", b"c") == [b"a", b"bc"]
        for _ in range(3):
            assert await turn(connection, wire, b"d", b"e", b"f") == [b"def"]

    asyncio.run(scenario())


def test_a_crowd_that_is_over_is_forgotten() -> None:
    async def scenario() -> None:
        connection, wire = connected()
        await turn(connection, wire, b"a", b"b", b"c")
        assert await turn(connection, wire, b"d") == [b"d"]
        connection.send(b"e")
        assert wire.take() == [b"e"]
        connection.data_received(b":1\r\n")

    asyncio.run(scenario())
