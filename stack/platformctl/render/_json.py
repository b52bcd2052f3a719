"""The only place that writes JSON files."""

from __future__ import annotations

import json

from platformctl.model.artifact import Artifact


def json_artifact(path: str, data: object, *, sort_keys: bool = False) -> Artifact:
    """An indented JSON file, ending in a newline."""
    text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=sort_keys)
    return Artifact(path, f"{text}\n".encode())
