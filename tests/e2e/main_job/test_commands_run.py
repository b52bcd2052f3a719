"""Every query and every command of every page, as written, against the running demo platform."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from support.workspace import Workspace

NEEDED = (
    "prometheus", "prometheus-alertmanager", "prometheus-node-exporter", "redis-server", "amtool", "promtool", "jq",
    "psql", "redis-cli", "curl", "lsof",
)  # fmt: skip
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
REPOSITORY = Path(__file__).parents[3]
PAGES = sorted((REPOSITORY / "runbooks").glob("*.md"))
BLOCK = re.compile(r"^\s*```(sh|promql)\n(.*?)^\s*```", re.MULTILINE | re.DOTALL)
BETWEEN_QUERIES = re.compile(r"^\s*(?:#.*)?\n", re.MULTILINE)
ELSEWHERE = "example.com"  # a host of the reader's own
INSTALLS = re.compile(r"^apt-get install .*\n", re.MULTILINE)
REFUSALS = (  # what the built-in platform, a minute old, rightly refuses
    "no service level history",
    "a baseline is recorded in a workspace of your own",
)
DELETED_WHILE_COUNTED = re.compile(r"(?:du: cannot access '.+': No such file or directory\n)+")
READER_GONE = 141  # of `... | head`
TIME_IS_UP = 124  # of `timeout 60 ...`, which shows what it has found by then
LONGEST_S = 240

ONCE = """#!/bin/sh
# Runs each distinct command once and tells it again, so that forty blocks cost what their commands cost.
kept="$KEPT/$(printf %s "$*" | sha256sum | cut -c1-16)"
if [ ! -e "$kept.code" ]; then
  "$REAL" "$@" > "$kept.out" 2> "$kept.err"
  echo $? > "$kept.code"
fi
cat "$kept.out"; cat "$kept.err" >&2; exit "$(cat "$kept.code")"
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("bin")
    shim = folder / "platformctl"
    shim.write_text(ONCE)
    shim.chmod(0o755)
    return os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "REAL": str(Path(sys.executable).with_name("platformctl")),
        "KEPT": str(tmp_path_factory.mktemp("kept")),
        "DOCKER_HOST": "unix:///nonexistent",
    }


def blocks(kind: str) -> dict[str, str]:
    """The first page of each distinct command block of that kind, or of each query."""
    found: dict[str, str] = {}
    for page in PAGES:
        for block_kind, text in BLOCK.findall(page.read_text()):
            if block_kind == kind:
                parts = BETWEEN_QUERIES.split(text) if kind == "promql" else [text]
                found = {part.strip(): page.stem for part in parts if part.strip()} | found
    return found


def refusal(url: str, query: str) -> str:
    """Why Prometheus does not answer the query; empty where it does."""
    try:
        with urllib.request.urlopen(
            f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        ) as answer:
            return "" if json.load(answer)["status"] == "success" else "no success"
    except urllib.error.HTTPError as error:
        return str(json.load(error)["error"])


def test_every_query_is_answered(platform: Workspace) -> None:
    url = platform.address("prometheus")
    queries = blocks("promql")
    assert len(queries) > 40
    assert {page: told for query, page in queries.items() if (told := refusal(url, query))} == {}


def complaint_of(script: str, folder: Path, environment: dict[str, str]) -> str:
    """How the commands failed; empty where they did not, or refused with reason."""
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {LONGEST_S} s"
    quiet_grep = done.returncode == 1 and "grep" in script and not done.stderr.startswith("error")
    refused = any(reason in done.stdout + done.stderr for reason in REFUSALS)
    deleted = DELETED_WHILE_COUNTED.fullmatch(done.stderr)
    if done.returncode in (0, READER_GONE, TIME_IS_UP) or quiet_grep or refused or deleted:
        return ""
    return f"exit {done.returncode}\n{done.stderr[-600:]}"


@pytest.mark.full
def test_every_command_runs(platform: Workspace, environment: dict[str, str]) -> None:
    commands = blocks("sh")
    assert len(commands) > 30
    failed: list[str] = []
    for text, page in commands.items():
        if ELSEWHERE in text:
            continue
        script = INSTALLS.sub("", text + "\n").replace("TENANT", "grand-hotel")
        if complaint := complaint_of(script, platform.folder, environment):
            failed.append(f"{page}: {script}{complaint}")
    assert not failed, "\n".join(failed)
