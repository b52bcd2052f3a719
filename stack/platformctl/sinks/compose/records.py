"""What the compose runtime reads from a release, and what it remembers of its containers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from platformctl.model.artifact import Artifact
from platformctl.render import compose
from platformctl.sinks.compose.containers import Container
from platformctl.sinks.files import write_atomically


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """What the compose file of a release says about one unit.

    folders: those of the release that it mounts. reload_url: empty where it cannot reload.
    data_path: where its volume is in the container; empty where it has none.
    user: the number of the account that it runs as; None where only its image knows.
    """

    folders: tuple[str, ...]
    secrets: tuple[str, ...]
    reload_url: str
    is_built: bool
    image: str
    data_path: str
    user: int | None


def service(unit: str, files: Mapping[str, Artifact]) -> Service:
    """The service of that name in the compose file among `files`."""
    entry = yaml.safe_load(files[compose.PATH].content)["services"][unit]
    labels = entry["labels"]
    return Service(
        folders=tuple(labels.get(compose.LABEL_CONFIG, "").split()),
        secrets=tuple(secret["target"] for secret in entry.get("secrets", ())),
        user=_uid(str(entry.get("user", ""))),
        reload_url=labels.get(compose.LABEL_RELOAD, ""),
        is_built="build" in entry,
        image=entry["image"],
        data_path=_data_path(entry.get("volumes", ()), f"{compose.volume(unit)}:"),
    )


def _uid(user: str) -> int | None:
    number = user.partition(":")[0]
    return int(number) if number.isdigit() else None


def _data_path(volumes: Iterable[str], prefix: str) -> str:
    return next((text.removeprefix(prefix) for text in volumes if text.startswith(prefix)), "")


class LoadedConfigs:
    """Which configuration each container has loaded: a reload leaves no trace on the container itself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __bool__(self) -> bool:
        return bool(self._read())

    def config_of(self, container: Container) -> str:
        """The fingerprint of what it loaded last; empty when somebody else made the container."""
        entry = self._read().get(container.unit, {})
        return entry.get("config", "") if entry.get("container") == container.id else ""

    def put(self, container: Container, config: str) -> None:
        """Record what a container has loaded."""
        entries = {**self._read(), container.unit: {"container": container.id, "config": config}}
        write_atomically(self._path, json.dumps(entries, indent=2, sort_keys=True) + "\n")

    def clear(self) -> None:
        """Forget all of it."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            entries: dict[str, dict[str, str]] = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return entries
