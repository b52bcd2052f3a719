"""The template tree: real files, rendered strictly, with delimiters that collide with neither JSX nor Actions."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

ROOT: Final = resources.files("platformctl.scaffold.nextjs") / "templates"


def text(name: str) -> str:
    """A template file as it is."""
    return ROOT.joinpath(*name.split("/")).read_text(encoding="utf-8")


def render(name: str, **values: object) -> str:
    """A template filled in; a name that is not given is an error."""
    return _environment().get_template(name).render(**values)


def names(folder: str) -> list[str]:
    """The files directly in one folder of the tree."""
    return sorted(entry.name for entry in ROOT.joinpath(*folder.split("/")).iterdir() if entry.is_file())


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(text),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is TypeScript; names come from parsed identifiers
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
