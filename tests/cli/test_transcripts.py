"""Each transcript is one text file: the input files, the commands, and all that they print.

    === file PATH            its text follows, up to the next === line
    === edit PATH            two lines follow: what to find in the file, and what to put there
    === run COMMAND          run in the workspace's folder, without a terminal
    === stdout, === stderr, === exit N

A transcript starts in an empty folder; ``=== workspace`` lays a copy of tests/platform there.
The folder is printed as $DIR. Run with ``--update-transcripts`` to rewrite what the commands print,
and read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "platform"
BIN = Path(sys.executable).parent
PORT_TAKEN = re.compile(r"^! \S+ listens on port \d+; \d+ was taken\n", re.MULTILINE)


def sections(text: str) -> Iterator[tuple[str, str, str]]:
    """(kind, argument, body) of each section; what comes before the first one is the claim."""
    _, *parts = ("\n" + text).split("\n=== ")
    for part in parts:
        head, _, body = part.partition("\n")
        kind, _, argument = head.partition(" ")
        yield kind, argument, body


def run(command: str, folder: Path) -> tuple[str, str, int]:
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": str(folder),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "TERM": "dumb",
        "DOCKER_HOST": "unix:///nonexistent",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment | {k: v for k, v in os.environ.items() if k == "COVERAGE_PROCESS_START"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return told(done.stdout, folder), told(done.stderr, folder), done.returncode


def told(text: str, folder: Path) -> str:
    """What a command printed, whatever its folder and whoever holds the usual ports."""
    return PORT_TAKEN.sub("", text.replace(str(folder), "$DIR"))


def play(text: str, folder: Path) -> str:
    """The transcript with what really happened put in."""
    out = [text.split("\n=== ")[0].rstrip("\n")]
    for kind, argument, body in sections(text):
        match kind:
            case "workspace":
                shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
                out.append("=== workspace\n")
            case "file":
                path = folder / argument
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body)
                out.append(f"=== file {argument}\n{body.rstrip(chr(10))}\n")
            case "edit":
                find, put = body.splitlines()[:2]
                path = folder / argument
                before = path.read_text()
                assert find in before, f"{argument} does not hold {find!r}"
                path.write_text(before.replace(find, put))
                out.append(f"=== edit {argument}\n{find}\n{put}\n")
            case "run":
                stdout, stderr, code = run(argument, folder)
                out.append(f"=== run {argument}\n=== stdout\n{stdout}=== stderr\n{stderr}=== exit {code}\n")
            case "stdout" | "stderr" | "exit":
                continue
            case _:
                raise AssertionError(f"unknown section {kind!r}")
    return "\n".join(out)


@pytest.mark.parametrize("path", sorted((HERE / "transcripts").glob("*.txt")), ids=lambda path: path.stem)
def test_a_command_prints_what_its_transcript_says(
    path: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    played = play(path.read_text(), tmp_path)
    if pytestconfig.getoption("--update-transcripts"):
        path.write_text(played)
    assert played == path.read_text()


def test_every_command_has_a_transcript() -> None:
    from platformctl_cli.main import COMMANDS

    texts = [path.read_text() for path in (HERE / "transcripts").glob("*.txt")]
    run_words = {
        word
        for text in texts
        for line in text.splitlines()
        if "=== run platformctl " in line
        for word in shlex.split(line)[2:4]
    }
    assert set(COMMANDS) - run_words == set()
