"""Says by name why the other tests of this folder were left out."""

from __future__ import annotations

import pytest
from e2e.ratelimit.needs import PACKAGES

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("package", PACKAGES)
def test_the_limiters_end_to_end_tests_have_what_they_need(package: str) -> None:
    pytest.importorskip(package, reason=f"{package} is not installed: install the group ratelimit")
