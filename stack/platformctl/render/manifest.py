"""``release.json``: what a release consists of, so that it can be run again without its definitions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.release import Release, Unit
from platformctl.render._json import json_artifact

PATH: Final = "release.json"


def render(files: Mapping[str, Artifact], units: tuple[Unit, ...]) -> Artifact:
    """The manifest: units in start order, and the SHA-256 of every other file."""
    return json_artifact(
        PATH,
        {
            "units": [asdict(unit) for unit in units],
            "files": {path: hashlib.sha256(files[path].content).hexdigest() for path in sorted(files)},
        },
    )


def parse(files: Mapping[str, Artifact]) -> Release:
    """The release that these files, with their manifest, are."""
    document = json.loads(files[PATH].content)
    units = tuple(Unit(**{**entry, "needs": tuple(entry["needs"])}) for entry in document["units"])
    return Release(files=files, units=units)
