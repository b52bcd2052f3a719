"""One installed sample, and one build of it, for all tests of this folder."""

from __future__ import annotations

import pytest
from e2e.scaffold.harness import SampleApp, chromium, lay_sample


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> SampleApp:
    """The scaffolded sample with its packages. Nobody changes it."""
    return lay_sample(tmp_path_factory.mktemp("sample") / "app")


@pytest.fixture(scope="session")
def built(app: SampleApp) -> SampleApp:
    """The sample, built. Nobody changes it: what judges the sample would judge the change."""
    app.build()
    return app


@pytest.fixture(scope="session")
def shown(built: SampleApp) -> SampleApp:
    """The built sample on a machine that has a Chromium to show it."""
    if chromium() is None:
        pytest.skip("no Chromium or Chrome is installed")
    return built


@pytest.fixture(scope="session")
def drawn(shown: SampleApp) -> SampleApp:
    """The shown sample with baselines of its looks."""
    if not (shown.root / "tests/e2e/snapshots").exists():
        ran = shown.playwright("--project=visual", "--update-snapshots")
        assert ran.code == 0, ran.output[-2000:]
    return shown
