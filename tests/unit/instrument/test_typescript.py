"""The TypeScript that is generated says what the catalogue says, and finds the page of a path as Next.js does."""

from __future__ import annotations

import re

import pytest

from platform_telemetry import contract
from platform_telemetry.contract import Group
from platformctl.render import typescript


def test_every_browser_metric_is_in_the_catalogue_with_its_labels_buckets_and_limit() -> None:
    text = typescript.catalogue()
    for spec in contract.metrics_of((Group.WEB,)):
        block = re.search(rf"^  {spec.name}: \{{\n(.*?)^  \}},\n", text, re.DOTALL | re.MULTILINE)
        assert block is not None
        assert f'type: "{spec.type.value}"' in block[1]
        assert all(f'"{label}"' in block[1] for label in spec.labels)
        assert all(repr(bound) in block[1] for bound in spec.buckets)
        assert f"combinations: {spec.max_combinations}" in block[1]


def page_of(path: str, *pages: str) -> str:
    """The page that the generated code finds, by its own regular expressions."""
    listed = re.findall(r'\["([^"]+)", /(.+)/\],$', typescript.routes(pages), re.MULTILINE)
    return next((page for page, pattern in listed if re.search(pattern, path)), "other")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "/"),
        ("/orders", "/orders"),
        ("/orders/7", "/orders/[id]"),
        ("/orders/new", "/orders/new"),
        ("/orders/7/lines", "other"),
        ("/docs/a/b", "/docs/[...path]"),
        ("/docs", "other"),
        ("/shop", "/shop/[[...path]]"),
        ("/shop/a/b", "/shop/[[...path]]"),
        ("/a.b", "/a.b"),
        ("/aXb", "other"),
    ],
)
def test_a_path_belongs_to_the_most_definite_page(path: str, page: str) -> None:
    pages = ("/", "/orders", "/orders/[id]", "/orders/new", "/docs/[...path]", "/shop/[[...path]]", "/a.b")
    assert page_of(path, *pages) == page
