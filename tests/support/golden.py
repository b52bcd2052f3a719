"""Golden files: what was rendered, read by a person when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from platformctl.model.artifact import Artifact

FOLDER = Path(__file__).parents[1] / "golden"


def assert_golden(artifacts: Iterable[Artifact], name: str, *, update: bool) -> None:
    """Hold artifacts against ``tests/golden/<name>/``; with `update`, write them there.

    A file that is missing on either side is a difference, too.
    """
    folder = FOLDER / name
    rendered = {artifact.path: artifact.content.decode() for artifact in artifacts}
    if update:
        _rewrite(folder, rendered)
    kept = {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}
    hint = "run pytest with --update-golden, and read the difference"
    assert sorted(rendered) == sorted(kept), hint
    for path, text in rendered.items():
        assert text == kept[path], f"{path} differs: {hint}"


def _rewrite(folder: Path, rendered: dict[str, str]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    for inside, text in rendered.items():
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
