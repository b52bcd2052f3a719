"""An export on disk: finished pieces in a folder beside the file, joined into it at the end.

A piece is there whole or not at all, and its name says what it holds: an interrupted export goes on after
the last one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from platformctl.errors import PlatformError, UsageError
from platformctl.sinks.export_formats import Columns, SeriesRows, joiner, writer
from platformctl.sinks.files import make_folder, write_atomically
from platformctl.sinks.releases import disk_error
from platformctl.sla.extract import Extract, Format, Part, Window

_PLAN: Final = "plan.json"


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """The pieces of one export and the file that will be made of them."""

    out: Path
    form: Format

    @property
    def folder(self) -> Path:
        """Where the pieces are until the file is there."""
        return self.out.with_name(f"{self.out.name}.partial")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second export out of the folder."""
        make_folder(self.folder)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PlatformError("another export writes this file", where=str(self.out)) from error
            yield

    def discard(self) -> None:
        """Remove what an earlier export left."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.out.unlink(missing_ok=True)

    def begun(self, asked: dict[str, object]) -> Extract | None:
        """The plan of an export that was begun; raises `UsageError` when it was begun otherwise."""
        path = self.folder / _PLAN
        if not path.is_file():
            return None
        try:
            plan = json.loads(path.read_text(encoding="utf-8"))
            extract = _extract(plan["extract"])
            before = plan["asked"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PlatformError(
                "an export was begun here, and its plan cannot be read", where=str(path), fix="--restart"
            ) from error
        if before != asked:
            changed = sorted(key for key in asked if before.get(key) != asked[key])
            raise UsageError(
                f"another export to this file was begun and not finished: {', '.join(changed)} differs",
                where=str(self.folder),
                fix="run it as before, name another file, or discard it with --restart",
            )
        return extract

    def begin(self, asked: dict[str, object], extract: Extract) -> None:
        """Fix the plan, so that going on later means the same span and columns."""
        plan = {
            "asked": asked,
            "extract": {
                "url": extract.url,
                "organisation": extract.organisation,
                "selectors": list(extract.selectors),
                "start_ms": extract.span.start_ms,
                "end_ms": extract.span.end_ms,
                "step_ms": extract.step_ms,
                "columns": list(extract.columns),
            },
        }
        write_atomically(self.folder / _PLAN, json.dumps(plan, indent=2) + "\n")

    def parts(self) -> tuple[Part, ...]:
        """The finished pieces, in order."""
        found = (Part.parse(path.name) for path in self.folder.iterdir())
        return tuple(sorted(part for part in found if part))

    def write(self, selector: int, window: Window, columns: Columns, series: Iterable[SeriesRows]) -> Part:
        """Write a piece whole, whatever happens in between."""
        draft = self.folder / "draft"
        try:
            rows = writer(self.form)(draft, columns, series)
            part = Part(selector=selector, start_ms=window.start_ms, end_ms=window.end_ms, rows=rows)
            _settle(draft, self.folder / part.name)
        except OSError as error:
            raise disk_error(error, draft) from error
        return part

    def join(self, columns: Columns) -> None:
        """Make the file of the pieces, and remove them."""
        draft = self.folder / "joined"
        try:
            joiner(self.form)(draft, columns, [self.folder / part.name for part in self.parts()])
            _settle(draft, self.out)
        except OSError as error:
            raise disk_error(error, self.out) from error
        shutil.rmtree(self.folder)


def _settle(draft: Path, path: Path) -> None:
    """On the disk first, then by its name."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)


def _extract(plan: dict[str, object]) -> Extract:
    return Extract(
        url=str(plan["url"]),
        organisation=str(plan["organisation"]),
        selectors=tuple(cast(list[str], plan["selectors"])),
        span=Window(start_ms=cast(int, plan["start_ms"]), end_ms=cast(int, plan["end_ms"])),
        step_ms=cast("int | None", plan["step_ms"]),
        columns=tuple(cast(list[str], plan["columns"])),
    )
