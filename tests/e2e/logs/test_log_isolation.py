"""Who may read what, on a real Loki: a tenant's viewer, an operator; and one tenant's flood."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from e2e.logs.conftest import NS, Stack
from support.watch import until

from platformctl.model.logs import OPERATORS

pytestmark = pytest.mark.e2e

MINE, THEIRS = "alpenblick", "starlight"
SECRET = "their-business"
QUERIES = (
    '{tenant="starlight"}',
    '{tenant=~".+"}',
    '{service=~".+"} |= "their-business"',
    '{tenant=~"alpenblick|starlight"}',
    '{__tenant_id__="starlight"}',
    '{__tenant_id__=~".*"}',
    '{__tenant_id__="_operators", tenant="starlight"}',
    '{tenant="_operators"}',
    '{service=~".+"} | tenant="starlight"',
    '{service="attacked"} | label_format tenant="starlight"',
)
METRIC_QUERIES = (
    'sum by (tenant, service) (count_over_time({service=~".+"}[1h]))',
    'count_over_time({service="attacked"}[1h]) or count_over_time({tenant="starlight"}[1h])',
    'absent_over_time({tenant="starlight"}[1h])',
)


@pytest.fixture(scope="module")
def written(stack: Stack) -> Stack:
    """A line of each of two tenants, in Loki."""
    for tenant in (MINE, THEIRS):
        labels = {"tenant": tenant, "service": f"attacked-{tenant}", "level": "info"}
        text = SECRET if tenant == THEIRS else "own business"
        stack.push(tenant, labels, (time.time_ns(), text))
        stack.push(OPERATORS, labels, (time.time_ns(), text))
    everywhere = f"{MINE}|{THEIRS}|{OPERATORS}"
    until(lambda: len(stack.lines(everywhere, grep="business")) == 4 or None, "the lines in Loki")
    return stack


def _everything(stack: Stack, org: str) -> str:
    """All that Loki's reading API says to this organisation, as text."""
    return "\n".join(str(_asked(stack, org, path, parameters)) for path, parameters in _questions())


def _questions() -> list[tuple[str, dict[str, str]]]:
    now = time.time_ns()
    window = {"start": str(now - 3600 * NS), "end": str(now + 60 * NS)}
    api = "/loki/api/v1"
    ranges = [(f"{api}/query_range", {**window, "query": query, "limit": "5000"}) for query in QUERIES]
    ranges += [(f"{api}/query_range", {**window, "query": query, "step": "60"}) for query in METRIC_QUERIES]
    instants = [(f"{api}/query", {"query": query}) for query in METRIC_QUERIES]
    broad = {**window, "query": '{service=~".+"}'}
    others = [
        (f"{api}/labels", window),
        (f"{api}/label/tenant/values", window),
        (f"{api}/label/service/values", window),
        (f"{api}/label/service/values", {**window, "query": '{tenant="starlight"}'}),
        (f"{api}/series", {**window, "match[]": '{service=~".+"}'}),
        (f"{api}/index/stats", {**window, "query": '{tenant="starlight"}'}),
        (f"{api}/index/volume", broad),
        (f"{api}/index/volume_range", broad),
        (f"{api}/detected_labels", broad),
        (f"{api}/detected_fields", broad),
        (f"{api}/patterns", broad),
        ("/prometheus/api/v1/rules", {}),
        ("/prometheus/api/v1/alerts", {}),
    ]
    return [*ranges, *instants, *others]


def _asked(stack: Stack, org: str, path: str, parameters: dict[str, str]) -> object:
    try:
        return stack.get(path, org, **parameters)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode()


def test_no_query_of_a_tenants_viewer_shows_a_line_or_a_name_of_another(written: Stack) -> None:
    told = _everything(written, MINE)
    assert "attacked-alpenblick" in told
    assert SECRET not in told
    assert "attacked-starlight" not in told


def test_the_same_questions_show_it_to_those_who_may_know(written: Stack) -> None:
    for org in (THEIRS, written.everybody, OPERATORS):
        told = _everything(written, org)
        assert SECRET in told
        assert "attacked-starlight" in told


def test_a_tenants_flood_is_cut_at_its_limit_and_holds_nobody_else_up(written: Stack) -> None:
    flood = [
        (time.time_ns(), f"{n} {'x' * 100_000}") for n in range(30)
    ]  # a trial's burst is two thirds of it
    labels = {"tenant": "pop-up-shop", "service": "flood", "level": "info"}
    with pytest.raises(urllib.error.HTTPError, match="429") as refused:
        written.push("pop-up-shop", labels, *flood)
    with refused.value as answer:
        assert "ingestion rate limit" in answer.read().decode()
    written.push("grand-hotel", labels | {"tenant": "grand-hotel"}, *flood)  # of tier platinum
