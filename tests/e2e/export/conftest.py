"""One Prometheus with the known history, and a second one that allows little and lets few in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sla"))

import history_files
from support import export_history
from support.in_process import run_here
from support.workspace import Ran

PASSWORD = "open sesame"
HASHED = "$2b$04$eaH2K1k11w9IW8MQQVl7qOGJKVmIJmMrXANY0ex7r1qhnbS078ypq"
"""bcrypt of the password."""

Export = Callable[..., Ran]


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if absent := history_files.missing():
        pytest.skip(f"{absent} is not installed")
    folder = tmp_path_factory.mktemp("known")
    export_history.write(folder / "known.om")
    history_files.make_blocks(folder / "known.om", folder / "data")
    return folder / "data"


@pytest.fixture(scope="module")
def url(blocks: Path) -> Iterator[str]:
    with history_files.serving(blocks) as url:
        yield url


@pytest.fixture(scope="module")
def narrow_url(blocks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that loads 5,000 samples at most for one question, and wants a password."""
    folder = tmp_path_factory.mktemp("narrow")
    shutil.copytree(blocks, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock", "*.log"))
    (folder / "web.yml").write_text(f"basic_auth_users:\n  analyst: {HASHED}\n")
    flags = ("--query.max-samples=5000", f"--web.config.file={folder}/web.yml")
    with history_files.serving(folder, flags=flags) as url:
        yield url


@pytest.fixture
def export(tmp_path: Path, url: str) -> Export:
    """Run the command in an empty folder, against the server unless another is named."""

    def run(*arguments: str, server: str = url, span: bool = True) -> Ran:
        when = ("--start", "2026-03-01", "--end", "2026-03-04") if span else ()
        return run_here(tmp_path, "export", "metrics", *arguments, "--prometheus", server, *when)

    return run
