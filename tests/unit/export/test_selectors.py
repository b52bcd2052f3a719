"""Which selectors are understood, and which series they take."""

import pytest

from platformctl.errors import UsageError
from platformctl.sources.selectors import parse


@pytest.mark.parametrize(
    "text", ["rate(up[5m])", "up offset 5m", "up[5m]", "up @ 12", "up +", "1", "{zone=''}"]
)
def test_what_is_no_bare_selector_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a selector"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("up", True),
        ("down", False),
        ('{__name__="up"}', True),
        ('{job="api"}', True),
        ('up{job!="api"}', False),
        ('{job=~"a.*"}', True),
        ('{job=~"a"}', False),  # patterns are anchored
        ('up{job!~"a|api"}', False),
        ('up{zone=""}', True),  # a label that is not there is empty
        ('up{zone=~".+"}', False),
    ],
)
def test_a_selector_takes_what_prometheus_would_take(text: str, *, taken: bool) -> None:
    assert parse(text).takes({"__name__": "up", "job": "api"}) is taken


def test_a_pattern_that_python_cannot_read_is_refused() -> None:
    with pytest.raises(UsageError, match="not understood"):
        parse('up{job=~"\\\\pL+"}')
