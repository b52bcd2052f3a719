"""The runbook pages, where the links of the alerts find them: among Prometheus' own files."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render.links import RUNBOOK_FOLDER


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """Each page as plain text, which every browser shows; Prometheus serves the folder under ``/user/``."""
    for page in platform.runbooks:
        yield Artifact(f"prometheus/assets/{RUNBOOK_FOLDER}/{page.name}.txt", page.text.encode())
