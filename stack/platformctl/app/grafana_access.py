"""The tenants' organisations of the deployed release, brought into a Grafana that runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from platformctl.errors import PartlyApplied, PlatformError, UsageError
from platformctl.render.grafana_access import PATH
from platformctl.sinks.grafana.account import Grafana, Tree
from platformctl.sinks.grafana.organisations import (
    AccessPlan,
    Organisation,
    act_on,
    plan_access,
    read_organisation,
)
from platformctl.sources import workspace
from platformctl.sources.token_file import read_token

PASSWORD_FILE: Final = "grafana-admin-password"  # noqa: S105 - a name


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRequest:
    """Which release, and which Grafana, as whom. password_file: without it, the workspace's secret."""

    url: str
    workspace: Path | None = None
    start: Path = Path()
    administrator: str = "admin"
    password_file: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The Grafana, what it should hold, and the passwords of logins that it may not know yet."""

    grafana: Grafana
    organisations: tuple[Organisation, ...]
    passwords: dict[str, str]


@contextmanager
def open_access(request: AccessRequest) -> Iterator[Target]:
    """Raises `UsageError` where no release with tenants' logins and a Grafana is deployed."""
    found = workspace.find(request.workspace, start=request.start)
    file = request.password_file or found.state / "secrets" / PASSWORD_FILE
    password = read_token(file, opens="Grafana", kind="the administrator's password")
    organisations = _organisations(found.state / "current" / PATH)
    logins = {login for organisation in organisations for login in organisation.roles}
    secrets = {login: found.state / "secrets" / f"login-{login}" for login in logins}
    grafana = Grafana(password, url=request.url, administrator=request.administrator)
    try:
        yield Target(
            grafana=grafana,
            organisations=organisations,
            passwords={name: path.read_text().strip() for name, path in secrets.items() if path.exists()},
        )
    finally:
        grafana.close()


def plan(target: Target) -> AccessPlan:
    """What would change. Changes nothing."""
    held = {o.name: read_organisation(target.grafana, o.name) for o in target.organisations}
    return plan_access(target.organisations, held, target.passwords)


def give_access(
    target: Target, *, confirm: Callable[[AccessPlan], bool], say: Callable[[str], None]
) -> AccessPlan | None:
    """Make the Grafana hold the organisations; what was done, or None where the answer was no.

    Raises `PlatformError` before anything is changed where an organisation is somebody else's.
    """
    wanted = plan(target)
    if wanted.taken:
        raise PlatformError(
            f"the Grafana has organisations of these names that are not ours: {', '.join(wanted.taken)}",
            fix="rename them there, or take their datasources out",
        )
    if wanted.steps and not confirm(wanted):
        return None
    for done, step in enumerate(wanted.steps):
        say(f"{step.organisation}: {step.says}")
        try:
            act_on(target.grafana, step)
        except PlatformError as error:
            raise PartlyApplied(
                f"{done} of {len(wanted.steps)} changes were made; then: {error.what}",
                where=error.where,
                fix=error.fix or "mend the cause, then run it again: it does the rest",
            ) from error
    return wanted


def _organisations(path: Path) -> tuple[Organisation, ...]:
    try:
        document = cast(Tree, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError(
            "the deployed release gives no tenant a place in Grafana",
            where=PATH,
            fix="give a tenant a login in compose/access.py, and: platformctl deploy --runtime compose",
        ) from None
    return tuple(
        Organisation(
            name=str(entry["name"]),
            datasources=tuple(cast(list[Tree], entry["datasources"])),
            roles={str(u["login"]): str(u["role"]) for u in cast(list[Tree], entry["users"])},
        )
        for entry in cast(list[Tree], document["organisations"])
    )
