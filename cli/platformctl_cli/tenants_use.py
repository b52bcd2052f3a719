"""What `platformctl tenants` does for each verb: one use case, one print."""

from __future__ import annotations

import csv
import io
import json as json_text
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from platformctl.app import tenants, tenants_file
from platformctl.app.ratelimit_api import RateLimitApi
from platformctl.app.tenants import Entry, Side, SyncPlan
from platformctl.errors import DifferencesFound
from platformctl.sinks.files import write_atomically
from platformctl.sources import tenants as registry
from platformctl.sources import workspace as workspaces
from platformctl.sources.workspace import Workspace
from platformctl_cli import ratelimit_report, show


@dataclass(frozen=True, slots=True)
class Sides:
    """Where the two sides are."""

    url: str | None
    token_file: Path | None
    folder: Path | None

    @property
    def workspace(self) -> Workspace:
        """The file's side."""
        return workspaces.find(self.folder, start=Path.cwd())

    @property
    def api(self) -> RateLimitApi:
        """The limiter's side."""
        return ratelimit_report.api(self.url, self.token_file, self.folder)


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncWish:
    """The options of ``sync``."""

    prune: bool
    check: bool
    yes: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportWish:
    """The options of ``import``."""

    file: Path | None
    vertical: str | None
    check: bool
    yes: bool


def list_both(sides: Sides, *, json: bool) -> None:
    """Both sides in one table."""
    entries = _compared(sides, sides.api)
    if json:
        show.as_json([{**asdict(entry), "side": entry.side} for entry in entries])
        return
    show.table(
        ("TENANT", "NAME", "VERTICAL", "TIER (FILE)", "TIER (LIMITER)", "STATE"),
        ((e.id, e.name, e.vertical, e.file_tier, e.limiter_tier, e.side.value) for e in entries),
    )


def sync(sides: Sides, wish: SyncWish, *, json: bool) -> None:
    """Show the plan, ask, apply."""
    api = sides.api
    tiers = registry.load_tiers(sides.workspace.content)
    plan = tenants.plan_sync(api, tiers, _compared(sides, api), prune=wish.prune)
    if not json:
        for line in _plan_lines(plan):
            show.say(line)
    if wish.check:
        tenants.refuse_differences(plan)
    elif not plan.is_empty:
        ratelimit_report.confirm("Apply?", yes=wish.yes)
        tenants.apply_sync(api, plan, reason=wish.reason)
    if json:
        show.as_json({**asdict(plan), "tiers": [tier.name for tier in plan.tiers]})
    else:
        show.result(f"{len(plan.moves)} tenants, {len(plan.tiers)} tiers brought to the limiter")


def import_(sides: Sides, wish: ImportWish, *, json: bool) -> None:
    """Show what becomes of the file, ask, write."""
    found = sides.workspace
    wanted = tenants_file.read_rows(wish.file) if wish.file else _of_limiter(sides)
    edit = tenants_file.edit_file(found, wanted, vertical=wish.vertical)
    if not json:
        for line in edit.changes:
            show.say(line)
    if edit.changes and wish.check:
        raise DifferencesFound(
            f"{len(edit.changes)} differences", where=tenants_file.PATH, fix="platformctl tenants import"
        )
    if edit.changes:
        ratelimit_report.confirm("Apply?", yes=wish.yes)
        tenants_file.write(found, edit)
    if json:
        show.as_json({"changes": edit.changes})
    else:
        show.result(f"{len(edit.changes)} changes in {tenants_file.PATH}")


def export(sides: Sides, format_: str, out: Path | None, *, live: bool) -> None:
    """The registry as a document."""
    if live:
        rows = [
            (e.id, e.name or e.id, e.vertical, e.limiter_tier or e.file_tier)
            for e in _compared(sides, sides.api)
        ]
    else:
        content = sides.workspace.content
        known = registry.load_tenants(content, registry.load_tiers(content))
        rows = [(one.id, one.name, one.vertical.value, one.tier) for one in known]
    text = _as_csv(rows) if format_ == "csv" else _as_json(rows)
    if out is None:
        show.result(text.rstrip("\n"))
    else:
        write_atomically(out, text)
        show.say(f"{len(rows)} tenants in {out}")


def _compared(sides: Sides, api: RateLimitApi) -> tuple[Entry, ...]:
    content = sides.workspace.content
    known = registry.load_tenants(content, registry.load_tiers(content))
    return tenants.compare(known, tenants.tiers_at_limiter(api))


def _of_limiter(sides: Sides) -> list[tenants_file.Wanted]:
    entries = _compared(sides, sides.api)
    return [
        tenants_file.Wanted(id=entry.id, tier=entry.limiter_tier)
        for entry in entries
        if entry.side in (Side.DIFFERS, Side.LIMITER_ONLY)
    ]


def _plan_lines(plan: SyncPlan) -> Iterator[str]:
    for tier in plan.tiers:
        yield f"+ tier {tier.name}: {tier.requests_per_minute} requests a minute"
    for move in plan.moves:
        if move.after is None:
            yield f"- {move.tenant} (was on {move.before})"
        elif move.before is None:
            yield f"+ {move.tenant} on {move.after}"
        else:
            yield f"~ {move.tenant}: {move.before} -> {move.after}"
    yield from (f"note: {note}" for note in plan.notes)
    if plan.is_empty:
        yield "nothing to change"


def _as_csv(rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(tenants_file.COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def _as_json(rows: Sequence[tuple[str, ...]]) -> str:
    documents = [dict(zip(tenants_file.COLUMNS, row, strict=True)) for row in rows]
    return json_text.dumps(documents, indent=2, ensure_ascii=False) + "\n"
