"""The deployment's own servers, as far as they run."""

from __future__ import annotations

from dataclasses import dataclass

from platformctl.app.session import Request, open_session
from platformctl.errors import PlatformError
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.sinks.runtime import SurveyOptions
from platformctl.sources.definitions import load_platform
from platformctl.sources.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """What is deployed here, and which of its components run."""

    workspace: Workspace
    platform: Platform
    site: Site
    components: frozenset[str]

    def address(self, component: str) -> str:
        """``host:port`` of a component that runs; empty for one that does not."""
        if component in self.components and self.site.has(component):
            return self.site.published(component, "http")
        return ""


def what_runs(request: Request) -> Running:
    """Raises `PlatformError` where nothing runs."""
    session = open_session(request)
    running = frozenset(name for name, unit in session.runtime.running().items() if unit.alive)
    if not running:
        raise PlatformError("nothing runs here", fix="platformctl deploy")
    platform = load_platform(session.workspace.content)
    site = session.runtime.survey(platform, SurveyOptions(demo=request.demo))
    return Running(workspace=session.workspace, platform=platform, site=site, components=running)
