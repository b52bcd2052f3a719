"""How answers of the limiter look, and what its commands have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import typer

from platformctl.app.ratelimit import Fields, Shown
from platformctl.app.ratelimit_api import RateLimitApi
from platformctl.app.ratelimit_place import Place, open_api
from platformctl.errors import DefinitionError
from platformctl.model.units import Duration
from platformctl.sources.documents import Json
from platformctl_cli import ask, show


def api(url: str | None, token_file: Path | None, workspace: Path | None) -> RateLimitApi:
    """The admin API that the options name, or that of the deployment."""
    return open_api(Place(url=url, token_file=token_file, workspace=workspace, start=Path.cwd()))


def confirm(question: str, *, yes: bool) -> None:
    """Go on only with a yes."""
    if not ask.confirm(question, yes=yes):
        raise typer.Exit(1)


def ending(until: datetime | None, for_: str | None) -> datetime | None:
    """When an override ends, in UTC; None: never."""
    if for_ is None:
        return until.replace(tzinfo=UTC) if until else None
    try:
        held_s = Duration.parse(for_).seconds
    except DefinitionError as error:
        raise typer.BadParameter(str(error)) from None
    return datetime.now(UTC) + timedelta(seconds=held_s)


def shown(found: Shown, *, json: bool) -> None:
    """A tenant: facts first, then its limits."""
    if json:
        show.as_json(asdict(found))
        return
    for name, value in _facts(found):
        show.result(f"{name:10} {value}")
    show.result("")
    overrides = cast(dict[str, Fields], found.tenant.get("overrides", {}))
    show.table(
        ("LIMIT", "SCOPE", "QUOTA", "WINDOW", "ALGORITHM", "WHY"),
        ([*_limit(one), _why(one, overrides.get(str(one["name"])))] for one in found.limits),
    )
    if not found.limits:
        show.say(f"tier {found.tier} limits nothing")


def _facts(found: Shown) -> Iterator[tuple[str, str]]:
    yield "tenant", found.id
    yield "tier", found.tier if found.tenant else f"{found.tier} (the default: the tenant is not entered)"
    own = found.tenant.get("rollout_mode")
    yield "rollout", f"{found.mode} ({'its own' if own else 'all: ' + _for_all(found.rollout)})"
    if found.tenant.get("blocked"):
        yield "blocked", "yes: every request is refused; platformctl ratelimit release " + found.id
    if factors := list(_factors(found)):
        yield "emergency", ", ".join(factors)
    yield "policy", f"version {found.version}"
    if found.state:
        yield "state", found.state


def _for_all(rollout: Fields) -> str:
    mode, percent = str(rollout["mode"]), rollout["percent"]
    if percent == 100 or mode == "off":
        return mode
    return f"{mode} for {percent} %, {'shadow' if mode == 'enforce' else 'off'} for the others"


def rollout(now: Fields, *, json: bool) -> None:
    """How far the limiter may go, with all and with tenants by name."""
    if json:
        show.as_json(now)
        return
    by_name = sorted(cast(Mapping[str, str], now["tenants"]).items())
    show.table(
        ("WHOM", "MODE"), [("all", _for_all(now)), *((f"tenant {name}", mode) for name, mode in by_name)]
    )


def _factors(found: Shown) -> Iterator[str]:
    emergency = found.emergency
    if emergency["everything"] != 1:
        yield f"everything x {emergency['everything']}"
    for kind, name in (("tiers", found.tier), ("tenants", found.id)):
        factor = cast(Fields, emergency[kind]).get(name)
        if factor is not None:
            yield f"{kind.removesuffix('s')} {name} x {factor}"


def _limit(one: Fields) -> list[str]:
    scope = f"{one['scope']} {one['group']}" if one["group"] else str(one["scope"])
    return [str(one["name"]), scope, str(one["quota"]), f"{one['window_s']:g} s", str(one["algorithm"])]


def _why(one: Fields, override: Fields | None) -> str:
    if override is None:
        return "" if one["quota"] == one["tier_quota"] else f"tier: {one['tier_quota']}"
    until = f" until {override['expires_at']}" if override["expires_at"] else ""
    reason = f": {override['reason']}" if override["reason"] else ""
    return f"override {override['quota']}{until}{reason} (tier: {one['tier_quota']})"


def emergency(now: Fields, *, json: bool) -> None:
    """The emergency switch as it stands."""
    if json:
        show.as_json(now)
        return
    rows = [("everything", now["everything"])] if now["everything"] != 1 else []
    for kind in ("tiers", "tenants"):
        rows += [(f"{kind.removesuffix('s')} {name}", f) for name, f in cast(Fields, now[kind]).items()]
    blocked = cast(list[str], now["blocked"])
    show.table(("WHOM", "WHAT"), [*_factor_rows(rows), *((f"tenant {name}", "blocked") for name in blocked)])
    if not rows and not blocked:
        show.say("no emergency is in force")


def _factor_rows(rows: Iterable[tuple[str, Json]]) -> Iterator[tuple[str, str]]:
    return ((whom, f"quotas x {factor}") for whom, factor in rows)


def audit(entries: tuple[Fields, ...], *, json: bool) -> None:
    """The trail, a line each."""
    if json:
        show.as_json(entries)
        return
    show.table(
        ("AT", "WHO", "WHAT", "SUBJECT", "VERSION", "WHY"),
        ([str(e[key])[:19] if key == "at" else str(e[key]) for key in
          ("at", "actor", "action", "subject", "version", "reason")] for e in entries),
    )  # fmt: skip


def usage(limits: tuple[Fields, ...], *, json: bool) -> None:
    """What is left, with the used part."""
    if json:
        show.as_json(limits)
        return
    show.table(("LIMIT", "SCOPE", "QUOTA", "LEFT", "USED"), (_usage_row(one) for one in limits))


def _usage_row(one: Fields) -> list[str]:
    quota, left = cast(int, one["quota"]), cast(int, one["remaining"])
    return [
        str(one["name"]),
        str(one["scope"]),
        str(quota),
        str(left),
        f"{100 * (quota - left) / quota:.0f} %",
    ]
