from dataclasses import replace

from support import sample

from platformctl.checks.promql_parses import promql_parses
from platformctl.model.dashboard import Annotation


def test_the_sample_platform_is_right() -> None:
    assert list(promql_parses(sample.PLATFORM)) == []


def test_an_expression_that_is_not_promql_is_found_where_it_was_written() -> None:
    broken = replace(sample.SHOP_DOWN, expr="sum(up")
    (problem,) = promql_parses(sample.with_alerts(broken, sample.SHOP_ERRORS))
    assert problem.what.startswith("ShopDown is not valid PromQL: unclosed left parenthesis")
    assert problem.where == "alerts_src/shop.py:7"


def test_macros_of_grafana_are_no_error_and_other_text_is() -> None:
    good = Annotation(name="Starts", expr="changes(up[$__rate_interval]) > 0", title="Start")
    bad = Annotation(name="Stops", expr="changes(up[$__rate_interval) > 0", title="Stop")
    dashboard = replace(sample.DASHBOARD, annotations=(good, bad))
    (problem,) = promql_parses(replace(sample.PLATFORM, dashboards=(dashboard,)))
    assert "annotation 'Stops' of shop" in problem.what


def test_a_query_in_a_runbook_is_held_to_the_same() -> None:
    page = replace(sample.PLATFORM.runbooks[0], text="Look:\n\n```promql\nsum(up\n```\n")
    (problem,) = promql_parses(replace(sample.PLATFORM, runbooks=(page,)))
    assert problem.where == "runbooks/ShopDown.md"


def test_comments_and_blank_lines_part_the_queries_of_a_runbook_from_one_another() -> None:
    text = (
        "```promql\n# is it there\nup == 0\n\nup == 1\n# how many\ncount(\n  up\n)\n# broken\nsum(up\n```\n"
    )
    page = replace(sample.PLATFORM.runbooks[0], text=text)
    (problem,) = promql_parses(replace(sample.PLATFORM, runbooks=(page,)))
    assert problem.fix == "mend the expression: sum(up\n"
