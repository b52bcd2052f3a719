"""The volumes of containers, as they are copied and put back: through the engine, with no tool in the image."""

from __future__ import annotations

import contextlib
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.model.release import Release
from platformctl.render import compose
from platformctl.sinks import tarballs
from platformctl.sinks.compose.containers import Container
from platformctl.sinks.compose.engine import Engine
from platformctl.sinks.compose.records import service
from platformctl.sinks.runtime import PrintedCommand


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposeData:
    """The data of the containers of a release.

    containers: looks which units have one now. secrets: the folder of secret files.
    """

    engine: Engine
    release: Release
    containers: Callable[[], Mapping[str, Container]]
    secrets: Path

    def units(self) -> tuple[str, ...]:
        """The units whose volume exists, in start order."""
        volumes = set(self.engine.need("volume", "ls", "--quiet").split())
        return tuple(unit.name for unit in self.release.units if _volume(unit.name) in volumes)

    def pack(self, unit: str, target: tarfile.TarFile, *, folder: str = "", leave_out: str = "") -> None:
        """Add the files of a volume, or of a folder in it; of a unit without a container through one made for it."""
        with self._container(unit) as container:
            source = f"{container}:{self._path(unit)}/{folder}".rstrip("/")
            self._repack(
                ("cp", f"{source}/.", "-"), target, lambda n: "" if tarballs.is_below(n, leave_out) else n
            )

    def pack_printed(self, unit: str, target: tarfile.TarFile, command: PrintedCommand, *, into: str) -> None:
        """Run the command in the container; its secrets go through the environment, never through arguments."""
        given = {
            name: (self.secrets / secret).read_text().strip() for name, secret in command.secrets.items()
        }
        options = [word for name in given for word in ("--env", name)]
        with self._container(unit) as container:
            words = ("exec", *options, container, *command.argv)
            self._repack(words, target, lambda name: f"{into}/{name}", given)

    def discard(self, unit: str, folder: str) -> None:
        """Delete a folder of its data; takes an image that has ``rm``."""
        with self._container(unit) as container:
            self.engine.need("exec", container, "rm", "-rf", f"{self._path(unit)}/{folder}")

    @contextlib.contextmanager
    def replaced(self, unit: str, part: Path) -> Iterator[None]:
        """Copy the volume aside, then make it anew; on failure it is made anew of that copy."""
        with tempfile.TemporaryDirectory(dir=part.parent) as aside:
            former = Path(aside) / "former.tar.gz" if unit in self.units() else None
            if former:
                with tarfile.open(former, "w:gz", compresslevel=1) as target:
                    self.pack(unit, target)
            try:
                self._fill(unit, part)
                yield
            except BaseException:
                self._empty(unit)
                if former:
                    self._fill(unit, former)
                raise

    def _fill(self, unit: str, part: Path) -> None:
        """The engine keeps the owners that the tar names: those the files had in the container."""
        self._empty(unit)
        with self._container(unit) as container, part.open("rb") as content:
            target = f"{container}:{self._path(unit)}"
            answer = self.engine.run((self.engine.client, "cp", "-", target), stdin=content)
        if answer.code != 0:
            raise PlatformError(f"the data of {unit} cannot be put back: {answer.reason}")

    def _empty(self, unit: str) -> None:
        if unit in self.units():
            self.engine.need("volume", "rm", _volume(unit))

    @contextlib.contextmanager
    def _container(self, unit: str) -> Iterator[str]:
        """The container of the unit; without one, one that is made for the block and never started."""
        if container := self.containers().get(unit):
            yield container.id
            return
        wanted = service(unit, self.release.files)
        volume = self._ensure_volume(unit)
        mount = f"{volume}:{wanted.data_path}"
        made = self.engine.need("create", "--volume", mount, wanted.image, "true").strip()
        try:
            yield made
        finally:
            self.engine.need("rm", "--force", made)

    def _ensure_volume(self, unit: str) -> str:
        """The volume of the unit, labelled as compose does it, or compose would take it for a stranger's."""
        name, labels = _volume(unit), (("project", compose.PROJECT), ("volume", compose.volume(unit)))
        if unit not in self.units():
            words = [word for key, text in labels for word in ("--label", f"com.docker.compose.{key}={text}")]
            self.engine.need("volume", "create", *words, name)
        return name

    def _repack(
        self,
        arguments: tuple[str, ...],
        target: tarfile.TarFile,
        rename: Callable[[str], str],
        given: Mapping[str, str] | None = None,
    ) -> None:
        environment = {**self.engine.environment, **(given or {})}
        tarballs.repack_output((self.engine.client, *arguments), environment, target, rename)

    def _path(self, unit: str) -> str:
        return service(unit, self.release.files).data_path


def _volume(unit: str) -> str:
    return f"{compose.PROJECT}_{compose.volume(unit)}"
