"""The places that a window is put into, as one: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from platformctl.app.maintenance_windows import services_of
from platformctl.app.pagerduty import TOKEN_FILE, AccountRequest, Opened, open_account
from platformctl.app.servers import Running, what_runs
from platformctl.app.session import Request
from platformctl.errors import PartlyApplied, PlatformError
from platformctl.model.maintenance import Scope, ScopeKind, Window
from platformctl.model.platform import Platform
from platformctl.render.prometheus import MAINTENANCE_FILES
from platformctl.sinks import maintenance as sink
from platformctl.sources.maintenance import RECORD, recorded_windows

_LABELS: Final = {ScopeKind.TENANT: "tenant", ScopeKind.TIER: "tenant", ScopeKind.SERVICE: "job"}
"""The label by which alerts about a scope are known; a tier is its tenants, as few alerts carry the tier."""

Undo = tuple[str, Callable[[], None]]


@contextmanager
def open_places(request: Request, token_file: Path | None, url: str) -> Iterator[Places]:
    """Raises `PlatformError` where Alertmanager or Prometheus does not run."""
    running = what_runs(request)
    for name in ("alertmanager", "prometheus"):
        if not running.address(name):
            raise PlatformError(f"{name} does not run here", fix="platformctl deploy")
    file = token_file or running.workspace.state / "secrets" / TOKEN_FILE
    with ExitStack() as stack:
        account = None
        if token_file is not None or file.is_file():
            asked = AccountRequest(
                workspace=request.workspace, start=request.start, token_file=token_file, url=url
            )
            account = stack.enter_context(open_account(asked))
        yield Places(running=running, account=account)


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Alertmanager, the PagerDuty account where there is one, the record, and Prometheus."""

    running: Running
    account: Opened | None

    @property
    def platform(self) -> Platform:
        """What is defined here."""
        return self.running.platform

    @property
    def state(self) -> Path:
        """The state folder, which holds the record."""
        return self.running.workspace.state

    def open(self, window: Window, pagerduty: tuple[str, ...]) -> tuple[str, ...]:
        """Put the window everywhere; returns what was left out, and why.

        Raises the refusal of the place that refused, after everything before it was taken back;
        `PartlyApplied` names what could not be.
        """
        services = tuple(dict.fromkeys((*services_of(self.platform.oncall, window.scope), *pagerduty)))
        undo: list[Undo] = []
        try:
            silence = self._silences.open(window, *self._alerts(window.scope))
            undo.append((f"the silence {silence}", lambda: self._silences.expire(silence)))
            if self.account and services:
                there = self._pagerduty(self.account)
                number = there.open(window, services)
                undo.append((f"the PagerDuty window {number}", lambda: there.end(number)))
            undo.append(("its mark on dashboards", lambda: self._unmark(window.announced)))
            self._show((*recorded_windows(self.state), window), window.announced)
            sink.append(self.state / RECORD, _opened(window))
        except PlatformError as refusal:
            _take_back(undo, refusal)
            raise
        return tuple(self._left_out(services))

    def close(self, window: Window, at: datetime) -> None:
        """End the window everywhere; the record last, so that it can be ended again when something refuses."""
        for silence in self._silences.of(window.id):
            self._silences.expire(silence)
        if self.account:
            there = self._pagerduty(self.account)
            for number in tuple(there.of(window.id)):
                there.end(number)
        sink.append(self.state / RECORD, {"event": "ended", "id": window.id, "at": at.isoformat()})
        self._show_recorded(at)

    def missing(self, window: Window) -> tuple[str, ...]:
        """Where a window that is not over no longer stands."""
        notes = [] if any(self._silences.of(window.id)) else ["its silence is gone from Alertmanager"]
        services = services_of(self.platform.oncall, window.scope)
        if self.account and services and not any(self._pagerduty(self.account).of(window.id)):
            notes.append("its window is gone from PagerDuty")
        return tuple(notes)

    @property
    def _silences(self) -> sink.Silences:
        return sink.Silences(self.running.address("alertmanager"))

    def _pagerduty(self, account: Opened) -> sink.PagerDutyWindows:
        return sink.PagerDutyWindows(account.account, account.oncall.pagerduty_owner)

    def _alerts(self, scope: Scope) -> tuple[str, tuple[str, ...]]:
        """The label and its values of the alerts that are about the scope."""
        if scope.kind is ScopeKind.TIER:
            return "tenant", tuple(t.id for t in self.platform.tenants if t.tier in scope.names)
        return _LABELS[scope.kind], scope.names

    def _left_out(self, services: tuple[str, ...]) -> Iterator[str]:
        if not services:
            yield (
                "no window in PagerDuty: no service there stands for just this (`components`); "
                "the silence holds its events back"
            )
        elif self.account is None:
            yield "no window in PagerDuty: the workspace has no token for an account"

    def _unmark(self, at: datetime) -> None:
        """The files are right at once; a Prometheus that does not answer reads them when it is back."""
        with suppress(sink.NotOpened):
            self._show_recorded(at)

    def _show_recorded(self, at: datetime) -> None:
        self._show(recorded_windows(self.state), at)

    def _show(self, windows: tuple[Window, ...], at: datetime) -> None:
        files = tuple(self.state / path for path in MAINTENANCE_FILES[self.running.site.runtime])
        current = [window for window in windows if window.end > at]
        sink.show_in_prometheus(files, current, self.running.address("prometheus"))


def _opened(window: Window) -> dict[str, object]:
    return {
        "event": "opened",
        "id": window.id,
        "at": window.announced.isoformat(),
        "scope": str(window.scope.kind),
        "names": list(window.scope.names),
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "reason": window.reason,
        "author": window.author,
    }


def _take_back(undo: list[Undo], refusal: PlatformError) -> None:
    """Undo in the opposite order; every step is tried."""
    left: list[str] = []
    for name, step in reversed(undo):
        try:
            step()
        except PlatformError:
            left.append(name)
    if left:
        raise PartlyApplied(
            f"{refusal.what}; and what was open already could not be taken back: {', '.join(left)}",
            where=refusal.where,
            fix="end it by hand",
        ) from refusal
