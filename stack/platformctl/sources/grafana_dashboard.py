"""A dashboard as Grafana exports it, read back as a definition, with a list of what got lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, cast

from platformctl.errors import DefinitionError, PlatformError
from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.dashboard_raw import RawPanel, Tree
from platformctl.model.panel import Color, Link, Panel
from platformctl.model.units import Duration, hours, seconds
from platformctl.render.grafana_dashboard import to_json
from platformctl.sources.grafana_panel import UNASKED, difference, place_of, read_panel, with_our_sources

OLDEST_SCHEMA: Final = 36
"""From here on Grafana names datasources by type and uid everywhere; older ones it migrates when it opens them."""
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_UID: Final = 40
_LABEL_VALUES: Final = re.compile(r"label_values\((\w[\w:]*)(?:\{(.*)\})?, (\w+)\)")
_MATCHER: Final = re.compile(r'(\w+)=~"([^"\\]*)"(?:,|$)')
_PAGE: Final = re.compile(r"/d/([^?/]+)")
_SILENT: Final = frozenset({
    "__elements", "__inputs", "__requires", "gnetId", "id", "iteration", "panels", "schemaVersion", "style",
    "version",
})  # fmt: skip
"""Keys of one installation, or of the export; panels have a list of their own."""
_USUAL: Final = {"fiscalYearStartMonth": 0, "liveNow": False, "preload": False, "weekStart": ""}


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """dashboard: what was read. notes: what the definition says otherwise than the file, a sentence each."""

    dashboard: Dashboard
    notes: tuple[str, ...]


def read_dashboard(text: str, *, where: str, uid: str = "", audience: Audience | None = None) -> Read:
    """The dashboard under its uid, or the one given; raises `PlatformError` for a file that is none."""
    tree = _dashboard_in(_document(text, where), where)
    try:
        rows, notes = _rows(tree)
        dashboard = _made(tree, rows, uid=uid, audience=audience)
        return Read(dashboard=dashboard, notes=(*notes, *_lost(to_json(dashboard), tree)))
    except DefinitionError as error:
        raise PlatformError(
            f"the dashboard cannot be read: {error.what}", where=where, fix=error.fix
        ) from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise PlatformError(
            f"the dashboard is not shaped as Grafana writes it ({type(error).__name__}: {error})", where=where
        ) from error


def _document(text: str, where: str) -> object:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        document: object = json.loads(text, parse_constant=refuse)
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise PlatformError("the file holds half a character (a lone surrogate)", where=where) from None
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"the file is not JSON: {error}", where=where) from None
    return document


def _dashboard_in(document: object, where: str) -> Tree:
    """The dashboard itself, out of what the export page, the API or a resource wraps it in."""
    for wrapper in ("dashboard", "spec"):
        if isinstance(document, dict) and isinstance(document.get(wrapper), dict):
            document = document[wrapper]
    if isinstance(document, dict) and "elements" in document:
        raise PlatformError(
            "the file has the V2 schema, which is not read here", where=where, fix="export it as Classic"
        )
    if not isinstance(document, dict) or not isinstance(document.get("title"), str):
        raise PlatformError("the file holds no dashboard", where=where, fix="in Grafana: Export, as JSON")
    version = document.get("schemaVersion")
    if not isinstance(version, int) or version < OLDEST_SCHEMA or "rows" in document:
        raise PlatformError(
            f"the dashboard has schema version {version!r}; {OLDEST_SCHEMA} is the oldest that is read",
            where=where,
            fix="open it in Grafana 11 or later, save it and export it again: Grafana migrates it",
        )
    if not isinstance(document.get("panels"), list):
        raise PlatformError("the dashboard has no panels", where=where)
    return cast(Tree, document)


def _made(tree: Tree, rows: tuple[Row, ...], *, uid: str, audience: Audience | None) -> Dashboard:
    tags = [tag for tag in cast(list[object], tree.get("tags") or []) if isinstance(tag, str)]
    tagged = [a for a in Audience if a.value in tags]
    chosen = audience or (tagged[0] if tagged else Audience.OPERATIONS)
    span = re.fullmatch(r"now-(.+)", str(cast(Tree, tree.get("time") or {}).get("from", "")))
    return Dashboard(
        uid=uid or uid_of(tree),
        title=str(tree["title"]),
        question=str(tree.get("description") or "") or UNASKED,
        audience=chosen,
        rows=rows,
        variables=tuple(_variables(tree)),
        links=tuple(_links(tree)),
        annotations=tuple(_annotations(tree)),
        tags=tuple(sorted({*tags} - {"platformctl", chosen.value})),
        span=_duration(span[1] if span else "", hours(6)),
        refresh=_duration(str(tree.get("refresh") or ""), seconds(30)),
    )


def uid_of(tree: Tree) -> str:
    """Its own uid where ours may look like that; else one made of the title."""
    own = str(tree.get("uid") or "")
    if _SLUG.fullmatch(own) and len(own) <= _LONGEST_UID:
        return own
    words = re.sub(r"[^a-z0-9]+", "-", str(tree["title"]).lower())
    return re.sub(r"^[0-9-]+", "", words)[:_LONGEST_UID].strip("-") or "imported"


def _duration(text: str, usual: Duration) -> Duration:
    try:
        return Duration.parse(text)
    except DefinitionError:
        return usual


def _rows(tree: Tree) -> tuple[tuple[Row, ...], list[str]]:
    """The rows with their panels in reading order; what stands above the first row gets one of its own."""
    notes: list[str] = []
    groups: list[tuple[str, bool, list[Tree]]] = [("Overview", False, [])]
    for panel in sorted(cast(list[Tree], tree["panels"]), key=place_of):
        if panel.get("type") != "row":
            groups[-1][2].append(panel)
            continue
        if panel.get("repeat"):
            notes.append(f"row {panel.get('title')!r} no longer repeats for each ${panel['repeat']}")
        collapsed = panel.get("collapsed") is True
        nested = sorted(cast(list[Tree], panel.get("panels") or []), key=place_of) if collapsed else []
        groups.append((str(panel.get("title") or ""), collapsed, nested))
    if groups[0][2]:
        notes.append("panels above the first row are put into a row 'Overview'")
    rows: list[Row] = []
    for title, collapsed, members in groups:
        if not members:
            if title != "Overview":
                notes.append(f"row {title!r} has no panels and is left out")
            continue
        unique = _unique(title, {row.title for row in rows}, "row", notes)
        rows.append(Row(title=unique, panels=tuple(_panels(members, notes)), collapsed=collapsed))
    return tuple(rows), notes


def _panels(members: list[Tree], notes: list[str]) -> Iterator[Panel | RawPanel]:
    taken: set[str] = set()
    for tree in members:
        title = _unique(str(tree.get("title") or ""), taken, "panel", notes)
        taken.add(title)
        panel, reason = read_panel(tree, title=title)
        if reason:
            notes.append(f"panel {title!r} is kept raw: {reason}")
        if panel.description == UNASKED:
            notes.append(f"panel {title!r} has no description: write which question it answers")
        yield panel


def _unique(title: str, taken: set[str], what: str, notes: list[str]) -> str:
    wanted = title if title.strip() else "Untitled"
    unique = next(
        t for n in range(1, len(taken) + 2) if (t := wanted if n == 1 else f"{wanted} ({n})") not in taken
    )
    if unique != title:
        notes.append(f"{what} {title!r} is now {unique!r}")
    return unique


def _listed(tree: Tree, holder: str) -> list[Tree]:
    held = cast(Tree, tree.get(holder) or {})
    return [_plain(member) for member in cast(list[Tree], held.get("list") or [])]


def _plain(member: Tree) -> Tree:
    """A variable or an annotation, its datasource ours, its query as text, without what was chosen last."""
    plain = cast(Tree, with_our_sources(member))
    query, current = plain.get("query"), plain.get("current")
    if isinstance(query, dict) and isinstance(query.get("query"), str):
        plain["query"] = query["query"]
    if isinstance(current, dict):
        plain["current"] = {key: value for key, value in current.items() if key != "selected"}
    if plain.get("type") == "datasource":
        plain.pop("current", None)
    return plain


def _variables(tree: Tree) -> Iterator[Variable]:
    for told in _listed(tree, "templating"):
        text = told.get("query")
        asked = _LABEL_VALUES.fullmatch(text) if isinstance(text, str) else None
        where = _MATCHER.findall(asked[2] or "") if asked else []
        if asked is None or told.get("type") != "query":
            continue
        multi = told.get("multi") is True
        current = cast(Tree, told.get("current") or {}).get("value")
        first = current[0] if isinstance(current, list) and current else current
        try:
            yield Variable(
                name=str(told["name"]),
                label=str(told.get("label") or told["name"]),
                metric=asked[1],
                of=asked[3],
                where=dict(where),
                multi=multi,
                default=first if isinstance(first, str) and first != "$__all" else "",
            )
        except DefinitionError:
            continue  # `_lost` tells of it


def _annotations(tree: Tree) -> Iterator[Annotation]:
    for told in _listed(tree, "annotations"):
        expr, color = told.get("expr"), told.get("iconColor")
        ours = told.get("builtIn") or told.get("name") == "Maintenance"
        if not ours and isinstance(expr, str) and color in set(Color):
            title = str(told.get("titleFormat") or "")
            yield Annotation(name=str(told["name"]), expr=expr, title=title, color=Color(cast(str, color)))


def _links(tree: Tree) -> Iterator[Link]:
    for told in cast(list[Tree], tree.get("links") or []):
        url, title = str(told.get("url") or ""), str(told.get("title") or "")
        page = _PAGE.fullmatch(url)
        try:
            yield Link(title=title, dashboard=page[1]) if page else Link(title=title, url=url)
        except DefinitionError:
            continue  # `_lost` tells of it


def _lost(ours: Tree, theirs: Tree) -> Iterator[str]:
    """What the definition says otherwise than the file, panels aside."""
    for holder, what in (("templating", "variable"), ("annotations", "annotation")):
        yield from _lost_members(_listed(ours, holder), _listed(theirs, holder), what)
    yield from _lost_members(
        cast(list[Tree], ours["links"]), cast(list[Tree], theirs.get("links") or []), "link", key="title"
    )
    for key in sorted(theirs.keys() - _SILENT - {"templating", "annotations", "links"}):
        after = ours.get(key, _USUAL.get(key))
        if key == "tags":
            continue  # ours come on top of theirs
        if difference({key: after}, {key: theirs[key]}):
            yield f"{key} {json.dumps(theirs[key])[:80]} becomes {json.dumps(after)}"
    if _places(ours) != _places(theirs):
        yield "panels get places and ids of ours: the layout flows, and links to single panels change"


def _lost_members(ours: list[Tree], theirs: list[Tree], what: str, *, key: str = "name") -> Iterator[str]:
    made = {member.get(key): member for member in ours}
    for member in theirs:
        name = member.get(key)
        if name not in made:
            yield f"{what} {name!r} (type {member.get('type')!r}) cannot be said and is left out"
        elif lost := difference(made[name], member):
            yield f"{what} {name!r} loses what it says in {lost}"


def _places(tree: Tree) -> list[object]:
    return [
        (place_of(panel), panel.get("id"), panel.get("type"))
        for top in sorted(cast(list[Tree], tree["panels"]), key=place_of)
        for panel in (top, *cast(list[Tree], top.get("panels") or []))
    ]
