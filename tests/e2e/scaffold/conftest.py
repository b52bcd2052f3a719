"""One installed and built sample for all tests of this folder."""

from __future__ import annotations

import pytest
from e2e.scaffold.harness import SampleApp, chromium, lay_sample


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> SampleApp:
    """The scaffolded sample with its packages."""
    return lay_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def built(app: SampleApp) -> SampleApp:
    """The sample, built, on a machine that has a Chromium."""
    if chromium() is None:
        pytest.skip("no Chromium or Chrome is installed")
    app.build()
    return app
