"""``release.json``: what a release consists of, so that it can be run again without its definitions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.release import Expected, Release, Unit
from platformctl.model.rollout import variants
from platformctl.model.rules import EXPECTED_JOB
from platformctl.model.site import Site
from platformctl.render._json import json_artifact

PATH: Final = "release.json"
_PROMETHEUS: Final = "prometheus"


def expected(platform: Platform, site: Site) -> Expected:
    """What the servers must show once a release of this platform runs at this site."""
    if not site.has(_PROMETHEUS):
        return Expected()
    rules = {rule.name for alert in platform.metric_alerts for rule in variants(alert)}
    rules |= {rule.name for rule in platform.recording_rules} | {EXPECTED_JOB}
    return Expected(
        prometheus=site.published(_PROMETHEUS, "http"),
        jobs=tuple(sorted(c.name for c in platform.components if c.scrape and site.has(c.name))),
        rules=tuple(sorted(rules)),
    )


def render(files: Mapping[str, Artifact], units: tuple[Unit, ...], expected: Expected) -> Artifact:
    """The manifest: units in start order, what must be seen once they run, and the SHA-256 of every other file."""
    return json_artifact(
        PATH,
        {
            "units": [asdict(unit) for unit in units],
            "expected": asdict(expected),
            "files": {path: hashlib.sha256(files[path].content).hexdigest() for path in sorted(files)},
        },
    )


def parse(files: Mapping[str, Artifact]) -> Release:
    """The release that these files, with their manifest, are."""
    document = json.loads(files[PATH].content)
    units = tuple(Unit(**{**entry, "needs": tuple(entry["needs"])}) for entry in document["units"])
    found = document.get("expected", {})  # releases of earlier versions have none
    expected = Expected(
        prometheus=found.get("prometheus"),
        jobs=tuple(found.get("jobs", ())),
        rules=tuple(found.get("rules", ())),
    )
    return Release(files=files, units=units, expected=expected)
