"""One set of servers for all attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e.access.doors import Doors, doors


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The entry and what is behind it."""
    with doors(tmp_path_factory.mktemp("doors")) as running:
        yield running
