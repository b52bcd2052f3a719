"""The file of a backup: believed only when it is whole, ours, and stays in its folder."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.sinks import backups
from platformctl.sinks.backups import Manifest

Member = tuple[tarfile.TarInfo, bytes]


def rewritten(file: Path, target: Path, change: Callable[[list[Member]], list[Member]]) -> Path:
    """A copy of a backup with its members changed."""
    with tarfile.open(file) as source:
        members = [(m, source.extractfile(m).read()) for m in source]  # type: ignore[union-attr]
    with tarfile.open(target, "w") as out:
        for member, content in change(members):
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    return target


def with_part(members: list[Member], name: str, content: bytes) -> list[Member]:
    """The members with one part replaced, and the manifest made to agree."""
    document = json.loads(members[0][1])
    document["parts"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    others = [(m, c) for m, c in members[1:] if m.name != name]
    return [(members[0][0], json.dumps(document).encode()), *others, (tarfile.TarInfo(name), content)]


def part(member: tarfile.TarInfo) -> bytes:
    """A compressed tar of one empty member."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as out:
        out.addfile(member)
    return made.getvalue()


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DATA = "data/alertmanager.tar.gz"
HOSTILE: dict[str, tuple[Callable[[list[Member]], list[Member]], str]] = {
    "a flipped bit": (
        lambda ms: [(m, flipped(c) if m.name == DATA else c) for m, c in ms],
        "is not what was written",
    ),
    "a part that is gone": (lambda ms: ms[:-1], "is missing"),
    "no manifest": (lambda ms: ms[1:], "does not begin with a manifest"),
    "an unnamed part": (lambda ms: [*ms, (tarfile.TarInfo("data/x.tar.gz"), b"")], "does not name"),
    "a path out of the archive": (lambda ms: [*ms, (tarfile.TarInfo("../x"), b"")], "leads out"),
    "a path out of the data": (
        lambda ms: with_part(ms, DATA, part(tarfile.TarInfo("../../secrets/x"))),
        "leads out",
    ),
    "an absolute path": (lambda ms: with_part(ms, DATA, part(tarfile.TarInfo("/etc/x"))), "leads out"),
    "no tar in a part": (lambda ms: with_part(ms, DATA, b"not a tar"), "is no compressed tar"),
    "a part cut short": (
        lambda ms: with_part(ms, DATA, part(tarfile.TarInfo("x"))[:40]),
        "is no compressed tar",
    ),
    "a link": (
        lambda ms: with_part(ms, DATA, part(link("nflog", "/etc/passwd"))),
        "neither a file nor a folder",
    ),
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A sound backup of one component."""
    folder = tmp_path / "parts"
    folder.mkdir()
    (tmp_path / "nflog").write_text("notified")
    for name in (backups.STATE, DATA):
        with backups.new_part(folder, name) as made:
            made.add(tmp_path / "nflog", arcname="nflog")
    manifest = Manifest(
        created="2026-11-23T03:00:00Z",
        release=3,
        runtime="native",
        ways={"alertmanager": "stopped, copied, started"},
        versions={"alertmanager": "0.28.1"},
        secrets=("token",),
        ports={"alertmanager": {"http": 9093}},
    )
    backups.write(tmp_path / "good.tar", manifest, folder)
    return tmp_path / "good.tar"


def read(file: Path, tmp_path: Path) -> Manifest:
    folder = tmp_path / "laid"
    folder.mkdir()
    return backups.read(file, folder)


def test_what_was_written_is_read_again(good: Path, tmp_path: Path) -> None:
    manifest = read(good, tmp_path)
    assert (manifest.release, manifest.secrets, manifest.ports) == (
        3,
        ("token",),
        {"alertmanager": {"http": 9093}},
    )
    assert set(manifest.parts) == {backups.STATE, DATA}
    assert (tmp_path / "laid" / DATA).is_file()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_damaged_or_hostile_file_is_refused(good: Path, tmp_path: Path, name: str) -> None:
    change, reason = HOSTILE[name]
    with pytest.raises(PlatformError, match=reason):
        read(rewritten(good, tmp_path / "bad.tar", change), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"parts", "nflog", "good.tar", "bad.tar", "laid"}


def test_a_file_cut_short_anywhere_is_refused(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    short = tmp_path / "short.tar"
    for length in (0, 1, 511, 513, 1500, len(content) // 2):
        short.write_bytes(content[:length])
        folder = tmp_path / f"laid-{length}"
        folder.mkdir()
        with pytest.raises(PlatformError, match=r"damaged|no backup"):
            backups.read(short, folder)


def test_another_file_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a tar")
    with pytest.raises(PlatformError, match="it is no tar"):
        read(tmp_path / "notes.txt", tmp_path)
