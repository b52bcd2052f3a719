"""The PagerDuty account made to hold what ``alerts_src/oncall.py`` defines, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platformctl.app.maintenance_windows import services_of, upcoming
from platformctl.errors import PartlyApplied, PlatformError, UsageError
from platformctl.model.maintenance import Window
from platformctl.model.oncall import OnCall
from platformctl.model.pagerduty import Described
from platformctl.model.units import days
from platformctl.render.pagerduty import objects, routing_keys
from platformctl.render.pagerduty_source import Definitions, definitions
from platformctl.sinks.files import write_atomically
from platformctl.sinks.maintenance import comment, zulu
from platformctl.sinks.pagerduty.account import DEFAULT_URL, Account
from platformctl.sinks.pagerduty.apply import Changer
from platformctl.sinks.pagerduty.changes import Change, Desired, KeyChange, Plan, diff
from platformctl.sinks.pagerduty.entities import KINDS, WINDOWS
from platformctl.sinks.pagerduty.read import Held, Holdings, read, tell, whole_of
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform
from platformctl.sources.maintenance import recorded_windows
from platformctl.sources.token_file import read_token

TOKEN_FILE: Final = "pagerduty-api-token"  # noqa: S105 - a name
"""The secret file that is read where no other is named."""
_AHEAD: Final = days(8)
"""How far `platformctl maintenance sync` looks, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRequest:
    """Which definitions, and the account that the token in the file opens."""

    workspace: Path | None
    start: Path
    token_file: Path | None = None
    url: str = DEFAULT_URL
    first_wait_s: float = 1.5
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The account, and what is defined for it. secrets: the folder of the routing keys.

    windows: those that recur and are near; opened: those that `platformctl maintenance` looks after.
    """

    account: Account
    oncall: OnCall
    secrets: Path
    windows: tuple[Window, ...] = ()
    opened: tuple[Window, ...] = ()


Confirm = Callable[[Plan], bool]
Say = Callable[[str], None]


@contextmanager
def open_account(request: AccountRequest) -> Iterator[Opened]:
    """Raises `UsageError` where there is no token."""
    found = workspace.find(request.workspace, start=request.start)
    secrets = found.state / "secrets"
    file = request.token_file or secrets / TOKEN_FILE
    token = read_token(file, opens="PagerDuty account", kind="a REST API key of the account")
    oncall = load_platform(found.content).oncall
    recorded = recorded_windows(found.state)
    known, near = {window.id for window in recorded}, upcoming(found.content, request.clock(), _AHEAD)
    account = Account(token, url=request.url, first_wait_s=request.first_wait_s)
    try:
        yield Opened(
            account=account,
            oncall=oncall,
            secrets=secrets,
            windows=tuple(window for window in near if window.id not in known),
            opened=recorded,
        )
    finally:
        account.close()


def plan_account(opened: Opened, *, prune: bool) -> tuple[Plan, Holdings]:
    """What would change. Changes nothing."""
    holdings = read(opened.account, opened.oncall.pagerduty_owner)
    return diff(_desired(opened), holdings, prune=prune), holdings


def apply_account(opened: Opened, *, prune: bool, confirm: Confirm, say: Say) -> Plan | None:
    """Plan, ask, look again, change; None where the answer was no.

    Raises `PlatformError` where the plan cannot be carried out whole, and when the account has changed
    since it was planned; `PartlyApplied` when PagerDuty refuses a change after others were made.
    """
    plan, _ = plan_account(opened, prune=prune)
    _refuse_impossible(plan)
    if plan.is_empty:
        return plan
    if not confirm(plan):
        return None
    again, holdings = plan_account(opened, prune=prune)
    if again.basis != plan.basis:
        raise PlatformError(
            "the account has changed since the plan was made", fix="platformctl pagerduty plan"
        )
    _carry_out(opened, plan, Changer(opened.account, holdings, opened.oncall.pagerduty_owner), say)
    return plan


def adopt(
    opened: Opened, wanted: Iterable[str], *, confirm: Callable[[tuple[Held, ...]], bool]
) -> tuple[str, ...]:
    """Take objects over that someone else made: write our tag on them, change nothing else.

    wanted: ``KIND:NAME`` as the plan prints them; none: all whose names are defined here.
    """
    plan, holdings = plan_account(opened, prune=False)
    chosen = tuple(_chosen(holdings, wanted)) or plan.taken
    if not chosen or not confirm(chosen):
        return ()
    changer = Changer(opened.account, holdings, opened.oncall.pagerduty_owner)
    for held in chosen:
        changer.adopt(held)
    return tuple(f"{held.kind.name}:{held.name}" for held in chosen)


def export(opened: Opened, *, everything: bool) -> Definitions:
    """The account's objects as definitions: ours, or all."""
    owner = opened.oncall.pagerduty_owner
    holdings = read(opened.account, owner)
    names = {h.id: h.name for h in holdings.held} | {id_: u for u, id_ in holdings.ids["users"].items()}
    told = {
        kind.name: [
            tell(kind, whole_of(opened.account, kind, h.raw), names)
            for h in holdings.held
            if h.kind is kind and (everything or h.owner == owner)
        ]
        for kind in KINDS
        if kind.name != WINDOWS  # they are made of slas/maintenance.yml
    }
    return definitions(told, routing_keys(opened.oncall))


def _desired(opened: Opened) -> Desired:
    keys = routing_keys(opened.oncall)
    files = {name: _read(opened.secrets / name) for name in keys.values()}
    return Desired(
        owner=opened.oncall.pagerduty_owner,
        objects={**objects(opened.oncall), WINDOWS: [*_windows(opened)]},
        keys=keys,
        files={name: text for name, text in files.items() if text is not None},
        kept=frozenset((WINDOWS, comment(window)) for window in opened.opened),
    )


def _windows(opened: Opened) -> Iterator[Described]:
    """Windows that recur, where a service of PagerDuty stands for what they are for."""
    for window in opened.windows:
        if services := services_of(opened.oncall, window.scope):
            yield {
                "name": comment(window),
                "description": comment(window),
                "start": zulu(window.start),
                "end": zulu(window.end),
                "services": [*sorted(services)],
            }


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _refuse_impossible(plan: Plan) -> None:
    if plan.lacking:
        raise PlatformError(
            f"the account has no user {', '.join(plan.lacking)}",
            where="alerts_src/oncall.py",
            fix="invite them in PagerDuty, or name others",
        )
    if plan.taken:
        listed = ", ".join(f"{held.kind.name}:{held.name}" for held in plan.taken)
        raise PlatformError(
            f"the account has objects of these names that are not ours: {listed}",
            fix="platformctl pagerduty import takes them over as they are; or choose other names",
        )


def _carry_out(opened: Opened, plan: Plan, changer: Changer, say: Say) -> None:
    done = 0
    steps = (*plan.changes, *plan.keys)
    try:
        for step in steps:
            match step:
                case Change():
                    say(f"{step.action} {step.kind.title} {step.name}")
                    changer.apply(step)
                case KeyChange():
                    say(f"write the routing key of {step.name} to the secret {step.secret}")
                    write_atomically(opened.secrets / step.secret, changer.fetch_key(step), mode=0o600)
            done += 1
    except PlatformError as error:
        raise PartlyApplied(
            f"{done} of {len(steps)} changes were made; then: {error.what}",
            where=error.where,
            fix=error.fix or "mend the cause, then run platformctl pagerduty apply again: it does the rest",
        ) from error


def _chosen(holdings: Holdings, wanted: Iterable[str]) -> Iterable[Held]:
    for text in wanted:
        kind, _, name = text.partition(":")
        found = [h for h in holdings.held if (h.kind.name, h.name) == (kind, name)]
        if len(found) != 1:
            raise UsageError(
                f"the account has {len(found) or 'no'} objects {text!r}",
                fix=f"write KIND:NAME with one of {', '.join(k.name for k in KINDS)}",
            )
        if found[0].owner:
            raise UsageError(f"{text} belongs to {found[0].owner!r} already")
        yield found[0]
