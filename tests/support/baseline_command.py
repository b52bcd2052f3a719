"""`platformctl baseline` in a workspace, against one server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from support.in_process import run_here
from support.schemas import valid
from support.workspace import Ran, Workspace


@dataclass(frozen=True)
class Baselines:
    """The command against the known weeks."""

    folder: Path
    url: str

    def run(self, *arguments: str) -> Ran:
        return run_here(self.folder, "baseline", *arguments, "--prometheus", self.url)

    def generate(self, out: str) -> None:
        """Write a release for native processes into a folder."""
        ran = Workspace(self.folder).run("generate", "--runtime", "native", "--out", out)
        assert ran.code == 0, ran.stderr

    def record(self, *arguments: str) -> dict:
        """The first three weeks, in Berlin, unless told otherwise."""
        told = ("--period", "2026-10-19..2026-11-08", "--zone", "Europe/Berlin", *arguments)
        ran = self.run("record", *told, "--json")
        assert ran.code == 0, ran.stdout + ran.stderr
        return valid("baseline", ran.json)

    def hours(self, *arguments: str) -> dict[str, dict]:
        """The hours of GET /items, by name."""
        ran = self.run("show", "--subject", "/items", "--json", *arguments)
        assert ran.code == 0, ran.stdout + ran.stderr
        (profile,) = valid("baseline", ran.json)["profiles"]
        return profile["hours"]
