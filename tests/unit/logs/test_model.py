"""A wrong log pipeline fails in its constructor."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.logs.conftest import SAMPLE

from platformctl.errors import DefinitionError
from platformctl.model.log_limits import TierLimits
from platformctl.model.logs import FileSource, Redaction
from platformctl.model.units import days, hours


@pytest.mark.parametrize("pattern", ["a(?=b)(c)", "(a)\\1", "(a*+)", "(?<!x)(a)", "(?>a)(b)"])
def test_what_re2_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="RE2"):
        Redaction(name="x", pattern=pattern)


@pytest.mark.parametrize("pattern", ["no group", "(two) (groups)"])
def test_a_redaction_has_exactly_one_group(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="exactly one group"):
        Redaction(name="x", pattern=pattern)


def test_escaped_backslashes_are_no_back_references() -> None:
    assert Redaction(name="x", pattern=r"\\1(a)\d+").pattern


def test_an_id_is_refused_as_a_label() -> None:
    with pytest.raises(DefinitionError, match="one stream per value"):
        replace(SAMPLE, labels=("trace_id",))


def test_a_file_source_stays_in_the_log_folder() -> None:
    for glob in ("/etc/*", "../*.log", "a/../../b"):
        with pytest.raises(DefinitionError, match="leaves its folder"):
            FileSource(glob=glob)


def test_nothing_is_kept_for_less_than_a_day() -> None:
    with pytest.raises(DefinitionError, match="a day at least"):
        replace(SAMPLE, retention=hours(12))


def test_limits_let_something_through() -> None:
    with pytest.raises(DefinitionError, match="let nothing through"):
        TierLimits(rate_mb=4, burst_mb=2, streams=10, keep=days(1))
