"""Opening a preview: what is shown, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.app.preview import PreviewRequest, open_preview
from platformctl.app.session import Request
from platformctl.errors import DefinitionError, UsageError

REPOSITORY = Path(__file__).resolve().parents[3]
BASE = Request(workspace=REPOSITORY)


def test_the_overview_is_shown_where_none_is_named() -> None:
    preview = open_preview(PreviewRequest(base=BASE, prometheus="http://127.0.0.1:9090/"))
    with preview.server:
        assert preview.url == f"{preview.server.url}/d/platform-overview"
        assert preview.prometheus == "127.0.0.1:9090"
        assert len(preview.server.pages) >= 7


def test_a_span_travels_in_the_address() -> None:
    preview = open_preview(
        PreviewRequest(base=BASE, prometheus="127.0.0.1:9090", dashboard="infrastructure", span="15m")
    )
    with preview.server:
        assert preview.url.endswith("/d/infrastructure?range=900")


def test_an_unknown_dashboard_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match="no dashboard 'nope'") as refused:
        open_preview(PreviewRequest(base=BASE, prometheus="127.0.0.1:9090", dashboard="nope"))
    assert "platform-overview" in str(refused.value.fix)


@pytest.mark.parametrize(
    "address", ["nowhere", "http://user:secret@host:9090", "host:9090/path", "host:port", ":9090"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="no address of a server"):
        open_preview(PreviewRequest(base=BASE, prometheus=address))


def test_what_is_no_span_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not a duration"):
        open_preview(PreviewRequest(base=BASE, prometheus="127.0.0.1:9090", span="soon"))
