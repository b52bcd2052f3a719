"""The container engine, through its own command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Final

from platformctl.errors import PlatformError
from platformctl.sinks.compose.containers import Inspection

_QUICK_S: Final = 10.0


class EngineName(StrEnum):
    """Which engine to use. Podman is taken only when named: its health checks do not always turn healthy."""

    DOCKER = "docker"
    PODMAN = "podman"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """The last words of its complaint, on one line."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return " / ".join(lines[-3:]) or f"exit code {self.code}"


class Engine:
    """One engine and its compose command, run with a given environment."""

    def __init__(self, name: EngineName, environment: Mapping[str, str]) -> None:
        self.client = str(name)
        self.environment = environment

    def is_installed(self) -> bool:
        """Whether the engine's command exists."""
        return self._which(self.client)

    def unreachable(self) -> str | None:
        """Why the engine does not answer; None when it does."""
        if not self.is_installed():
            return f"{self.client} is not installed"
        answer = self.ask("version", "--format", "{{.Server.Version}}")
        return None if answer.code == 0 else answer.reason

    def compose_command(self) -> tuple[str, ...] | None:
        """The compose of this engine: the plugin, else ``docker-compose``; None when there is neither."""
        if self.is_installed() and self.ask("compose", "version").code == 0:
            return (self.client, "compose")
        if self.client == EngineName.DOCKER and self._which("docker-compose"):
            return ("docker-compose",)
        return None

    def unobtainable(self, images: Sequence[str]) -> str | None:
        """The first of `images` that is neither here nor to be had, and why; None when all are. Fetches none."""
        if not images or self.ask("image", "inspect", *images).code == 0:
            return None
        for image in images:
            if self.ask("image", "inspect", image).code == 0:
                continue
            answer = self.ask("manifest", "inspect", image)
            if answer.code != 0:
                return f"the image {image} is not here and cannot be fetched: {answer.reason}"
        return None

    def ask(self, *arguments: str, timeout_s: float = _QUICK_S) -> Answer:
        """Run a quick command of the engine; one that hangs counts as failed."""
        return self.run((self.client, *arguments), timeout_s=timeout_s)

    def inspect(self, *filters: str) -> list[Inspection]:
        """The engine's full description of each container, dead or alive, that all filters let through."""
        selection = [word for text in filters for word in ("--filter", text)]
        listed = self.need("ps", "--all", "--quiet", "--no-trunc", *selection)
        ids = listed.split()
        if not ids:
            return []
        found: list[Inspection] = json.loads(self.need("inspect", "--type", "container", *ids))
        return found

    def need(self, *arguments: str, timeout_s: float = 120.0) -> str:
        """The output of an engine's command; raises `PlatformError` when it fails."""
        answer = self.ask(*arguments, timeout_s=timeout_s)
        if answer.code != 0:
            command = " ".join((self.client, *arguments[:2]))
            raise PlatformError(f"`{command}` failed: {answer.reason}", fix=f"{self.client} version")
        return answer.out

    def run(
        self,
        command: Sequence[str],
        *,
        extra: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
    ) -> Answer:
        """Run any command with the engine's environment and `extra`."""
        try:
            done = subprocess.run(
                list(command),
                env={**self.environment, **(extra or {})},
                stdin=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except FileNotFoundError:
            return Answer(code=127, out="", err=f"{command[0]} is not installed")
        except subprocess.TimeoutExpired:
            return Answer(code=124, out="", err=f"{' '.join(command[:2])} did not answer in {timeout_s:g} s")
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    def lines(self, *arguments: str) -> Iterator[str]:
        """What a command prints, line by line as it comes; closing the iterator ends the command."""
        with subprocess.Popen(
            [self.client, *arguments],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            try:
                for line in process.stdout or ():
                    yield line.rstrip("\n")
            finally:
                process.terminate()

    def _which(self, program: str) -> bool:
        return shutil.which(program, path=self.environment.get("PATH")) is not None
