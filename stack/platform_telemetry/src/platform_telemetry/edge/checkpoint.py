"""Position and counts in one file, written at once: what has been counted is never read again."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from platform_telemetry.edge.counts import OUTCOMES, EdgeCounts, restored, saved
from platform_telemetry.edge.follow import Position

_VERSION: Final = 1
log = logging.getLogger("platform_telemetry.edge")


def save(path: Path, counts: EdgeCounts, position: Position, *, gaps: int) -> None:
    """Replace the file whole."""
    document = {
        "version": _VERSION,
        "position": [position.inode, position.offset, position.head, position.changed_ns],
        "gaps": gaps,
        "lines": counts.lines,
        "undecided": counts.undecided,
        "tenants": saved(counts.tenants),
    }
    new = path.with_suffix(".new")
    new.write_text(json.dumps(document, separators=(",", ":")))
    new.replace(path)


def load(path: Path, counts: EdgeCounts) -> tuple[Position, int] | None:
    """Fill `counts`; the position they belong to, and the gaps so far. None where there is nothing to go on from."""
    try:
        document = json.loads(path.read_text())
        if document["version"] != _VERSION:
            raise ValueError(f"version {document['version']}")
        inode, offset, head, changed_ns = document["position"]
        tenants = restored(document["tenants"])
        lines = {outcome: int(document["lines"][outcome]) for outcome in OUTCOMES}
        position, gaps = Position(int(inode), int(offset), str(head), int(changed_ns)), int(document["gaps"])
        counts.undecided = int(document["undecided"])
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        log.warning("%s is not a checkpoint, counting begins anew: %s", path, error)
        return None
    counts.tenants, counts.lines = tenants, lines
    return position, gaps
