"""The folders that containers mount: stable, while what is in them changes all at once.

A bind mount holds on to the folder it was made of, so a container would never see the next release behind
the ``current`` link. Each mounted folder therefore stays, and holds links through one that is switched, the
way Kubernetes projects its config maps:

    live/prometheus/..1f2e3d4c5b6a7988/prometheus.yml   a version, named by its content
    live/prometheus/..data                              -> ..1f2e3d4c5b6a7988
    live/prometheus/prometheus.yml                      -> ..data/prometheus.yml
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from platformctl.model.artifact import Artifact, digest
from platformctl.sinks.files import make_folder, switch_link, write_atomically
from platformctl.sinks.releases import disk_error, write_tree

_DATA: Final = "..data"


class Live:
    """``compose/`` of a state folder: the mounted configuration and the mounted secrets."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "live"
        self.secrets = folder / "secrets"

    def publish(self, folder: str, files: Mapping[str, Artifact]) -> str | None:
        """Show the files of a release below `folder` to its containers; returns the version shown before."""
        inside = [
            replace(artifact, path=path.removeprefix(f"{folder}/"))
            for path, artifact in sorted(files.items())
            if path.startswith(f"{folder}/")
        ]
        mounted, version = self.config / folder, f"..{digest(inside)}"
        before = self._shown(mounted)
        try:
            make_folder(mounted)
            if not (mounted / version).is_dir():
                _write_version(mounted / version, inside)
            _show(mounted, version)
            _forget(mounted, keep={version, before})
        except OSError as error:
            raise disk_error(error, mounted) from error
        return before

    def restore(self, folder: str, version: str | None) -> None:
        """Show a former version again; None leaves what is shown, as there was none before."""
        if version is not None:
            _show(self.config / folder, version)

    def share_secrets(self, unit: str, names: tuple[str, ...], source: Path, *, owner: int | None) -> None:
        """Put the secrets of a container where compose mounts them from.

        Compose mounts a secret file as it is, with the owner and mode it has here. So each container has
        copies of its own, which its user owns and nobody else can read. Only root can give files away:
        without it, or for a user that only the image knows, the copies are readable. Either way their
        folder is closed, and a container is given nothing but the files it names.
        """
        make_folder(self.secrets, mode=0o700)
        gives = owner if os.geteuid() == 0 else None
        for name in names:
            path = self.secrets / unit / name
            make_folder(path.parent, mode=0o700)
            write_atomically(path, (source / name).read_text(), mode=0o444 if gives is None else 0o400)
            if gives is not None:
                os.chown(path, gives, -1)

    def _shown(self, mounted: Path) -> str | None:
        link = mounted / _DATA
        return link.readlink().name if link.is_symlink() else None


def _write_version(folder: Path, artifacts: list[Artifact]) -> None:
    draft = folder.with_name("..draft")
    shutil.rmtree(draft, ignore_errors=True)
    write_tree(draft, artifacts)
    draft.mkdir(exist_ok=True)
    for path in (draft, *draft.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)  # whatever the umask: the containers have other users
    draft.rename(folder)


def _show(mounted: Path, version: str) -> None:
    switch_link(mounted / _DATA, version)
    names = {path.name for path in (mounted / version).iterdir()}
    for name in names:
        if not (mounted / name).is_symlink():
            (mounted / name).symlink_to(f"{_DATA}/{name}")
    for path in mounted.iterdir():
        if path.is_symlink() and path.name not in {*names, _DATA}:
            path.unlink()


def _forget(mounted: Path, keep: set[str | None]) -> None:
    for path in mounted.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in keep:
            shutil.rmtree(path)
