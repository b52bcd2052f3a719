"""Secret files: made once, closed to everybody else."""

from __future__ import annotations

from pathlib import Path

from platformctl.sinks import secrets


def test_a_missing_secret_is_made_at_random_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert secrets.ensure(["one", "two"], folder) == {"one", "two"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "one").stat().st_mode & 0o777 == 0o600
    assert len((folder / "one").read_text()) >= 32
    assert (folder / "one").read_text() != (folder / "two").read_text()


def test_an_existing_secret_keeps_its_text_and_is_closed(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from PagerDuty")
    (tmp_path / "key").chmod(0o644)
    assert secrets.ensure(["key"], tmp_path) == {"key"}
    assert (tmp_path / "key").read_text() == "from PagerDuty"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_secrets_that_nobody_declared_are_found_too(tmp_path: Path) -> None:
    (tmp_path / "pagerduty-key").write_text("x")
    (tmp_path / ".draft").write_text("x")
    assert secrets.ensure([], tmp_path) == {"pagerduty-key"}
    assert secrets.existing(tmp_path / "none") == frozenset()
