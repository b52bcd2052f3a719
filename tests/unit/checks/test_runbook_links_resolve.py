from dataclasses import replace

from support import sample

from platformctl.checks.runbook_links_resolve import runbook_links_resolve
from platformctl.model.platform import Platform


def with_text(text: str) -> Platform:
    page, other = sample.PLATFORM.runbooks
    return replace(sample.PLATFORM, runbooks=(replace(page, text=text), other))


def test_the_sample_platform_is_right() -> None:
    assert list(runbook_links_resolve(sample.PLATFORM)) == []


def test_a_link_to_a_page_that_does_not_exist_is_found() -> None:
    (problem,) = runbook_links_resolve(
        with_text("See [slow](ShopSlow.md) and [errors](ShopErrors.md#impact).")
    )
    assert problem.what == "the runbook of ShopDown links to ShopSlow.md, which does not exist"
    assert problem.where == "runbooks/ShopDown.md"


def test_links_to_other_places_are_not_asked() -> None:
    assert list(runbook_links_resolve(with_text("[a](https://example.com) [b](#impact)"))) == []
