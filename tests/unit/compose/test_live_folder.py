"""The mounted folders: stable for the mount, switched as one for the reader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl.model.artifact import Artifact
from platformctl.sinks.compose.live import Live


def files(*artifacts: tuple[str, str]) -> dict[str, Artifact]:
    return {path: Artifact(path, text.encode()) for path, text in artifacts}


FIRST = files(("prometheus/prometheus.yml", "1"), ("prometheus/rules/a.yml", "a1"), ("loki/loki.yml", "l"))
SECOND = files(("prometheus/prometheus.yml", "2"), ("prometheus/rules/b.yml", "b2"))


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(tmp_path)


def shown(folder: Path) -> dict[str, str]:
    """What a reader of the mount finds by following links."""
    return {
        str(Path(root, name).relative_to(folder)): Path(root, name).read_text()
        for root, _, names in os.walk(folder, followlinks=True)
        for name in names
        if ".." not in str(Path(root).relative_to(folder))
    }


def test_a_folder_shows_the_files_of_the_release_below_it(live: Live) -> None:
    assert live.publish("prometheus", FIRST) is None
    assert shown(live.config / "prometheus") == {"prometheus.yml": "1", "rules/a.yml": "a1"}


def test_a_reader_that_holds_the_folder_sees_the_next_release(live: Live) -> None:
    live.publish("prometheus", FIRST)
    mount = os.open(live.config / "prometheus", os.O_RDONLY)
    try:
        live.publish("prometheus", SECOND)
        assert os.read(os.open("prometheus.yml", os.O_RDONLY, dir_fd=mount), 9) == b"2"
        with pytest.raises(FileNotFoundError):
            os.stat("rules/a.yml", dir_fd=mount)
    finally:
        os.close(mount)


def test_all_files_change_in_one_step(live: Live) -> None:
    live.publish("prometheus", FIRST)
    folder = live.config / "prometheus"
    links = {path.name: path.readlink() for path in folder.iterdir() if path.is_symlink()}
    live.publish("prometheus", SECOND)
    kept = {path.name: path.readlink() for path in folder.iterdir() if path.is_symlink()}
    assert {name for name in links if links[name] != kept[name]} == {"..data"}


def test_a_former_version_can_be_shown_again(live: Live) -> None:
    live.publish("prometheus", FIRST)
    before = live.publish("prometheus", SECOND)
    live.restore("prometheus", before)
    assert shown(live.config / "prometheus") == {"prometheus.yml": "1", "rules/a.yml": "a1"}


def test_publishing_the_same_twice_changes_nothing(live: Live) -> None:
    live.publish("prometheus", FIRST)
    before = sorted(path.name for path in (live.config / "prometheus").iterdir())
    assert live.publish("prometheus", FIRST) is not None
    assert sorted(path.name for path in (live.config / "prometheus").iterdir()) == before


def test_only_the_shown_version_and_the_one_before_are_kept(live: Live) -> None:
    for number in range(5):
        live.publish("prometheus", files(("prometheus/prometheus.yml", str(number))))
    folder = live.config / "prometheus"
    assert len([path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]) == 2


def test_an_emptied_folder_is_shown_empty(live: Live) -> None:
    live.publish("prometheus", FIRST)
    live.publish("prometheus", {})
    assert shown(live.config / "prometheus") == {}


@pytest.fixture
def closed_umask() -> Iterator[None]:
    former = os.umask(0o077)
    yield
    os.umask(former)


@pytest.mark.usefixtures("closed_umask")
def test_containers_with_other_users_can_read_it_whatever_the_umask(live: Live) -> None:
    live.publish("prometheus", FIRST)
    folder = live.config / "prometheus"
    for path in (folder, *folder.rglob("*")):
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_secret_belongs_to_the_user_of_its_container_alone(live: Live, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret")
    live.share_secrets("shop", ("key",), tmp_path, owner=4711)
    live.share_secrets("till", ("key",), tmp_path, owner=4712)
    for unit, owner in (("shop", 4711), ("till", 4712)):
        found = (live.secrets / unit / "key").stat()
        assert (live.secrets / unit / "key").read_text() == "s3cret"
        assert (found.st_mode & 0o777, found.st_uid) == (0o400, owner)
    assert live.secrets.stat().st_mode & 0o777 == 0o700


def test_a_secret_for_a_user_that_only_the_image_knows_is_readable_in_a_closed_folder(
    live: Live, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("s3cret")
    live.share_secrets("shop", ("key",), tmp_path, owner=None)
    assert (live.secrets / "shop" / "key").stat().st_mode & 0o777 == 0o444
    assert live.secrets.stat().st_mode & 0o777 == 0o700
