"""What every use case begins with: the workspace, its definitions, the runtime and its site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformctl.app.targets import render_release
from platformctl.errors import PlatformError
from platformctl.model.component import Component
from platformctl.model.platform import Platform
from platformctl.model.release import Actual, Release
from platformctl.model.site import RuntimeName, Site
from platformctl.render import compose as compose_file
from platformctl.sinks.compose.runtime import ComposeRuntime
from platformctl.sinks.history import History
from platformctl.sinks.native.runtime import NativeRuntime
from platformctl.sinks.releases import ReleaseStore
from platformctl.sinks.runtime import Runtime, SurveyOptions
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform
from platformctl.sources.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the user asked for: a workspace (None: find it), a runtime (None: the better one), the demo or not."""

    workspace: Path | None = None
    start: Path = Path()
    runtime: RuntimeName | None = None
    demo: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A workspace with its runtime chosen; `why` says how it was."""

    workspace: Workspace
    store: ReleaseStore
    runtime: Runtime
    why: str

    @property
    def history(self) -> History:
        """What was deployed here before."""
        return History(path=self.workspace.state / "history.jsonl")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """Everything that a decision needs: what is defined, where it will live, and the release made of it."""

    platform: Platform
    site: Site
    release: Release


def open_session(request: Request) -> Session:
    """Find the workspace and choose the runtime."""
    found = workspace.find(request.workspace, start=request.start)
    store = ReleaseStore(found.state)
    runtime, why = _choose(found, request.runtime)
    return Session(workspace=found, store=store, runtime=runtime, why=why)


def open_offline(request: Request) -> Session:
    """As `open_session`, for work that starts nothing: the runtime need not be usable here."""
    found = workspace.find(request.workspace, start=request.start)
    runtimes = {r.name: r for r in _runtimes(found.state)}
    chosen = runtimes[request.runtime or RuntimeName.COMPOSE]
    return Session(workspace=found, store=ReleaseStore(found.state), runtime=chosen, why="asked for")


def prepare(session: Session, request: Request) -> Prepared:
    """Load the definitions, survey the machine, render the release. Writes no release."""
    platform = load_platform(session.workspace.content)
    site = session.runtime.survey(platform, SurveyOptions(demo=request.demo))
    return Prepared(platform=platform, site=site, release=render_release(platform, site, session.runtime))


def read_actual(session: Session) -> Actual:
    """Look: the active release's files, and what runs."""
    number = session.store.current()
    files = session.store.files(number) if number is not None else {}
    return Actual(number=number, files=files, units=session.runtime.running())


def runtimes(state: Path, components: tuple[Component, ...]) -> tuple[Runtime, ...]:
    """Every runtime; what makes the one for containers unusable includes an image that cannot be had."""
    return ComposeRuntime(state, images=compose_file.images(components)), NativeRuntime(state)


def _runtimes(state: Path) -> tuple[Runtime, Runtime]:
    return ComposeRuntime(state), NativeRuntime(state)


def _choose(found: Workspace, wanted: RuntimeName | None) -> tuple[Runtime, str]:
    compose, native = _runtimes(found.state)
    if wanted is not None:
        chosen, other = (compose, native) if wanted is RuntimeName.COMPOSE else (native, compose)
        if reason := chosen.unavailable():
            raise PlatformError(
                f"the {wanted} runtime cannot be used here: {reason}",
                fix=f"platformctl deploy --runtime {other.name}",
            )
        return chosen, "asked for"
    for runtime in (native, compose):
        if runtime.running():
            return runtime, "the stack runs on it already"
    if reason := compose.unavailable() or _without_images(found):
        return native, f"no containers: {reason}"
    return compose, "a container engine answers"


def _without_images(found: Workspace) -> str | None:
    """Why an engine that answers cannot run this workspace's images; None when it can."""
    images = compose_file.images(load_platform(found.content).components)
    return ComposeRuntime(found.state, images=images).unavailable()


def prepare_offline(session: Session, request: Request) -> Prepared:
    """As `prepare`, for a machine that is not this one: default ports, everything present, no look around."""
    platform = load_platform(session.workspace.content)
    site = session.runtime.default_site(platform, SurveyOptions(demo=request.demo))
    return Prepared(platform=platform, site=site, release=render_release(platform, site, session.runtime))
