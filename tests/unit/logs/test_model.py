"""A wrong log pipeline fails in its constructor."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from unit.logs.conftest import SAMPLE

from platformctl.errors import DefinitionError
from platformctl.model.log_limits import FloodLimit, TierLimits
from platformctl.model.logs import OPERATORS, TENANT, FileSource, OperatorsCopy, Redaction, Telling
from platformctl.model.tenancy import Tenant, Vertical
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
    with pytest.raises(DefinitionError, match="lets nothing through"):
        FloodLimit(lines_per_s=10, burst=5)


def test_no_line_and_no_tenant_can_name_the_operators_organisation() -> None:
    assert not re.fullmatch(TENANT, OPERATORS)
    with pytest.raises(DefinitionError, match="tenant"):
        Tenant(id=OPERATORS, name="x", vertical=Vertical.GYMS, tier="gold")
    with pytest.raises(DefinitionError, match="default tenant"):
        replace(SAMPLE, default_tenant=OPERATORS)


def test_a_copy_names_levels_that_exist_and_words_for_what_it_looks_for() -> None:
    limits = TierLimits(rate_mb=1, burst_mb=1, streams=1, keep=days(1))
    with pytest.raises(DefinitionError, match="'fatal' is no level"):
        OperatorsCopy(levels=("fatal",), limits=limits)
    with pytest.raises(DefinitionError, match="names no word"):
        Telling(name="panics", pattern="panic", only_with=())
