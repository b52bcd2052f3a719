"""Which pages fit what somebody has in hand."""

import pytest

from platformctl.app.runbook_search import Hit, Texts, by_name, by_text
from platformctl.model.runbook import Runbook


def page(name: str, meaning: str) -> Runbook:
    return Runbook(name=name, path=f"runbooks/{name}.md", text=f"# {name}\n\n## Meaning\n\n{meaning}\n")


PAGES = (
    page("PostgresDown", "The exporter runs and can't connect."),
    page("RedisDown", "Nobody reaches the cache. Rate limits fail open."),
    page("RedisMemorySaturated", "Keys are evicted soon; the cache is too small."),
    page("HostDiskSaturated", "A volume is nearly full, and writes will fail."),
    page("ServiceDown", "A process has not answered its scrapes."),
)
TEXTS: Texts = {
    "ServiceDown": ("{{ $labels.job }} is gone.", "No answer from {{ $labels.instance }} for 15 seconds."),
    "HostDiskSaturated": (
        "{{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.",
        "Clean up, or grow it.",
    ),
}


def named(wanted: str) -> list[str]:
    return names(by_name(PAGES, wanted))


def texted(wanted: str, texts: Texts = TEXTS) -> list[str]:
    return names(by_text(PAGES, wanted, texts))


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.page.name for hit in hits]


@pytest.mark.parametrize("wanted", ["ServiceDown", "servicedown", "service-down", "Service Down"])
def test_case_and_signs_of_a_name_do_not_matter(wanted: str) -> None:
    assert named(wanted) == ["ServiceDown"]


def test_a_whole_name_hides_longer_ones_that_hold_it() -> None:
    pages = (page("RedisDown", "Gone."), page("RedisDownForLong", "Still gone."))
    assert names(by_name(pages, "RedisDown")) == ["RedisDown"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("redis", ["RedisDown", "RedisMemorySaturated"]),
        ("memory", ["RedisMemorySaturated"]),
        ("disk host", ["HostDiskSaturated"]),
        ("sat disk", ["HostDiskSaturated"]),
        ("down", ["PostgresDown", "RedisDown", "ServiceDown"]),
    ],
)
def test_parts_of_a_name_find_all_that_have_them(wanted: str, expected: list[str]) -> None:
    assert named(wanted) == expected


@pytest.mark.parametrize("wanted", ["SeviceDown", "servicedwn", "Serivce down"])
def test_a_misspelt_name_finds_its_page(wanted: str) -> None:
    assert named(wanted) == ["ServiceDown"]


@pytest.mark.parametrize("wanted", ["[critical] ServiceDown on api", "FIRING: ServiceDown (api, web)"])
def test_the_title_of_a_page_that_woke_somebody_finds_the_alert_named_in_it(wanted: str) -> None:
    assert named(wanted) == ["ServiceDown"]


@pytest.mark.parametrize("wanted", ["the site is slow", "%", "?!", "xyzzy"])
def test_what_is_no_name_finds_nothing_by_name(wanted: str) -> None:
    assert named(wanted) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("api is gone.", "ServiceDown"),
        ("Resolved: no answer from 10.0.0.7:8000 for  15 seconds.", "ServiceDown"),
        ("/var of db-1 is 93.2% full.", "HostDiskSaturated"),
    ],
)
def test_the_text_of_an_alert_with_its_live_values_finds_it(wanted: str, expected: str) -> None:
    assert texted(wanted) == [expected]


def test_a_text_of_placeholders_alone_fits_nothing() -> None:
    assert (
        texted("anything at all", {"ServiceDown": ("{{ $labels.job }} {{ $value }}", "{{ $value }}.")}) == []
    )


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("rate limits fail open", "RedisDown"),
        ("evicting keys", "RedisMemorySaturated"),
        ("scraping process", "ServiceDown"),
        ("volumes are full", "HostDiskSaturated"),
    ],
)
def test_symptoms_find_the_page_that_tells_of_them(wanted: str, best: str) -> None:
    assert texted(wanted)[0] == best


def test_a_misspelt_symptom_is_understood() -> None:
    assert texted("redis memroy")[0] == "RedisMemorySaturated"


def test_a_page_that_holds_fewer_than_half_of_the_words_does_not_fit() -> None:
    assert texted("cache umbrella giraffe trombone") == []


def test_words_that_say_nothing_find_nothing() -> None:
    assert texted("is it the") == []


def test_what_looks_like_a_pattern_is_taken_as_it_is_written() -> None:
    assert named("(((.*") == []
    assert texted("(((.*") == []
