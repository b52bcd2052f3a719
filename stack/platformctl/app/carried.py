"""What travels with platformctl to be laid into applications: a package of ours, and files around it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformctl
from platformctl.scaffold.lay.tree import LaidFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """A distribution of ours: its package's folder, the files laid around it, and its metadata."""

    package: Path
    project: Path
    metadata: Path

    def files(self, source: str, *, without: frozenset[str] = frozenset()) -> Iterator[LaidFile]:
        """The package's files below `source`; folders named in `without` stay behind."""
        for path in sorted(self.package.rglob("*")):
            if not path.is_file() or path.suffix == ".pyc":
                continue
            place = path.relative_to(self.package)
            if not {"__pycache__", *without} & set(place.parts):
                yield LaidFile(
                    path=f"{source}{self.package.name}/{place.as_posix()}",
                    text=path.read_text(encoding="utf-8"),
                )

    def requirements(self, extras: Iterable[str]) -> str:
        """The package's own dependencies with those of the extras, one a line."""
        metadata = tomllib.loads(self.metadata.read_text(encoding="utf-8"))["project"]
        wanted = [
            *metadata["dependencies"],
            *(r for e in extras for r in metadata["optional-dependencies"][e]),
        ]
        return "".join(f"{one}\n" for one in dict.fromkeys(wanted))


def carried(package: str) -> Carried:
    """The package inside the wheel, or beside the engine in a checkout."""
    engine = Path(platformctl.__file__).parent
    published = engine / "_published" / package
    if published.is_dir():
        return Carried(
            package=published / package, project=published / "project", metadata=published / "pyproject.toml"
        )
    distribution = engine.parent / package
    return Carried(
        package=distribution / "src" / package,
        project=distribution / "publish",
        metadata=distribution / "pyproject.toml",
    )


def filled(template: str, values: Mapping[str, str]) -> str:
    """A text with its ``[[ names ]]`` replaced; every name must be known."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown and code; values are identifiers and paths
    )
    return environment.from_string(template).render(values)
