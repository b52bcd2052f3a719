"""Tenants' organisations in a Grafana, as `access/grafana.json` has them: look, decide, act.

Ours is an organisation that holds a datasource with a uid of ours, or nothing at all. Nothing is ever deleted, and
what else our organisations hold (other people, other datasources) is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from platformctl.sinks.grafana.account import Grafana, Tree

_COMPARED = ("name", "type", "access", "url", "isDefault", "jsonData")


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """What should be: its datasources in Grafana's own words, and the role of each login."""

    name: str
    datasources: tuple[Tree, ...]
    roles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What Grafana has under that name. roles and user_ids: by login; datasources: by uid."""

    id: int
    datasources: Mapping[str, Tree]
    roles: Mapping[str, str]
    user_ids: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One change: what it says, and what it does."""

    says: str
    organisation: str
    act: Callable[[Grafana], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessPlan:
    """taken: organisations of a wanted name that are somebody else's."""

    steps: tuple[Step, ...]
    taken: tuple[str, ...]


def read_organisation(grafana: Grafana, name: str) -> Held | None:
    """What is there under that name; None where nothing is."""
    answer = cast("Tree | None", grafana.get(f"/api/orgs/name/{quote(name, safe='')}"))
    if answer is None:
        return None
    number = cast(int, answer["id"])
    grafana.within(number)
    members = cast(list[Tree], grafana.get(f"/api/orgs/{number}/users") or [])
    sources = cast(list[Tree], grafana.get("/api/datasources") or [])
    return Held(
        id=number,
        datasources={str(s["uid"]): s for s in sources},
        roles={str(m["login"]): str(m["role"]) for m in members},
        user_ids={str(m["login"]): cast(int, m["userId"]) for m in members},
    )


def plan_access(
    wanted: Iterable[Organisation], held: Mapping[str, Held | None], passwords: Mapping[str, str]
) -> AccessPlan:
    """What makes the Grafana hold the organisations. Pure; passwords: by login, for those that it does not know."""
    steps: list[Step] = []
    taken: list[str] = []
    for organisation in wanted:
        has = held.get(organisation.name)
        if has is not None and not _is_ours(organisation, has):
            taken.append(organisation.name)
            continue
        steps += _steps(organisation, has, passwords)
    return AccessPlan(steps=tuple(steps), taken=tuple(taken))


def _is_ours(organisation: Organisation, has: Held) -> bool:
    ours = {str(source["uid"]) for source in organisation.datasources}
    return not has.datasources or bool(ours & has.datasources.keys())


def _steps(organisation: Organisation, has: Held | None, passwords: Mapping[str, str]) -> Iterator[Step]:
    def step(says: str, act: Callable[[Grafana], None]) -> Step:
        return Step(says=says, organisation=organisation.name, act=act)

    if has is None:
        yield step("create", lambda grafana: _post(grafana, "/api/orgs", {"name": organisation.name}))
    for source in organisation.datasources:
        uid = str(source["uid"])
        there = has.datasources.get(uid) if has else None
        if there is None:
            yield step(f"add datasource {uid}", _adding(source))
        elif _differs(source, there):
            yield step(f"change datasource {uid}", _changing(source))
    for login, role in organisation.roles.items():
        if has is None or login not in has.roles:
            yield step(
                f"let {login} in as {role}",
                _inviting(organisation.name, login, role, passwords.get(login, "")),
            )
        elif has.roles[login] != role:
            yield step(f"make {login} {role}", _promoting(has.id, has.user_ids[login], role))


def _differs(source: Tree, there: Tree) -> bool:
    secrets = cast(Tree, source.get("secureJsonData") or {})
    kept = cast(Tree, there.get("secureJsonFields") or {})
    return any(source[key] != there.get(key) for key in _COMPARED) or any(
        not kept.get(key) for key in secrets
    )


def _post(grafana: Grafana, path: str, body: Tree) -> None:
    grafana.post(path, body)


def _adding(source: Tree) -> Callable[[Grafana], None]:
    return lambda grafana: _post(grafana, "/api/datasources", source)


def _changing(source: Tree) -> Callable[[Grafana], None]:
    def act(grafana: Grafana) -> None:
        grafana.put(f"/api/datasources/uid/{quote(str(source['uid']), safe='')}", source)

    return act


def _promoting(organisation: int, user: int, role: str) -> Callable[[Grafana], None]:
    def act(grafana: Grafana) -> None:
        grafana.patch(f"/api/orgs/{organisation}/users/{user}", {"role": role})

    return act


def _inviting(organisation: str, login: str, role: str, password: str) -> Callable[[Grafana], None]:
    """Make the user where Grafana knows none of that login, and give it its role in that organisation."""

    def act(grafana: Grafana) -> None:
        number = _number(grafana, organisation)
        user = cast("Tree | None", grafana.get(f"/api/users/lookup?loginOrEmail={quote(login, safe='')}"))
        if user is None:
            body: Tree = {"name": login, "login": login, "password": password, "OrgId": number}
            made = cast(Tree, grafana.post("/api/admin/users", body))
            grafana.patch(f"/api/orgs/{number}/users/{made['id']}", {"role": role})
        else:
            grafana.post(f"/api/orgs/{number}/users", {"loginOrEmail": login, "role": role})

    return act


def _number(grafana: Grafana, organisation: str) -> int:
    found = cast(Tree, grafana.get(f"/api/orgs/name/{quote(organisation, safe='')}"))
    return cast(int, found["id"])


def act_on(grafana: Grafana, step: Step) -> None:
    """Make one change, in its organisation."""
    if step.says != "create":
        grafana.within(_number(grafana, step.organisation))
    step.act(grafana)
