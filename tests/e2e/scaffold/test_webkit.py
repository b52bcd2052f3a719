"""The sample's pages in the engine of Safari, over plain WebDriver."""

from __future__ import annotations

import hashlib
import hmac
import shutil

import pytest
from e2e.scaffold.harness import SampleApp

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]

SMOKE = "tests/scripts/webkit-smoke.mjs"


def session_of(tenant: str, role: str) -> str:
    """The cookie that the sample's own session module would seal."""
    text = f"{tenant}.{role}"
    seal = hmac.new(b"only-for-local-use", text.encode(), hashlib.sha256).hexdigest()
    return f"session={text}.{seal}"


def test_every_page_holds_in_webkit(built: SampleApp) -> None:
    for name in ("WebKitWebDriver", "Xvfb"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed (apt-get install webkit2gtk-driver xvfb)")
    ran = built.run("node", SMOKE, PLATFORM_E2E_COOKIES=session_of("bolt-supply", "admin"))
    assert ran.code == 0, ran.output
    for page in ("/b2b", "/hotels", "/login"):
        assert f"ok     {page}\n" in ran.output
    assert (built.root / "tests/reports/webkit/b2b.png").stat().st_size > 1000


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 1)])
def test_a_missing_webkit_is_named_and_an_error_where_it_is_required(
    app: SampleApp, required: str, code: int
) -> None:
    node = shutil.which("node") or "node"
    ran = app.run(node, SMOKE, PATH="", DISPLAY="", REQUIRE_WEBKITGTK=required)
    assert ran.code == code
    assert "skipped: WebKitWebDriver and Xvfb not installed here" in ran.output
