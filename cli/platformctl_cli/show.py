"""How results look: stdout is the result, stderr is talk."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from platformctl.errors import PlatformError

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str) -> None:
    """A line of talk."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that talks


@contextlib.contextmanager
def waiting() -> Iterator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """(say, wait): lines that stay, and a spinner that says what is waited for; the latter on a terminal only."""
    if not sys.stderr.isatty():
        yield say, lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    talk = Console(stderr=True, highlight=False)
    spinner = talk.status("")

    def stay(text: str) -> None:
        spinner.stop()
        talk.print(text, markup=False)

    def wait(text: str) -> None:
        spinner.update(escape(text))
        spinner.start()

    try:
        yield stay, wait
    finally:
        spinner.stop()


def result(text: str) -> None:
    """A line of the result, as plain text."""
    print(text, flush=True)  # noqa: T201 - the one place that prints results


def as_json(document: object) -> None:
    """The result as one JSON document."""
    result(json.dumps(document, indent=2, default=str))


def console() -> Console:
    """A console on stdout; it respects NO_COLOR and terminals. Piped output is never wrapped."""
    from rich.console import Console

    return Console(soft_wrap=not sys.stdout.isatty(), highlight=False)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under headers, aligned; without borders, so that it can be cut and grepped."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for header in headers:
        drawn.add_column(header, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell, style=_style(cell)) for cell in row))
    out = console()
    if not sys.stdout.isatty():
        out.width = 200
    out.print(drawn)


def _style(cell: str) -> str:
    match cell:
        case "healthy" | "up" | "ok":
            return "green"
        case "died" | "down" | "error" | "unhealthy":
            return "bold red"
        case "skipped" | "warning" | "starting":
            return "yellow"
        case _:
            return ""


def failure(error: PlatformError, *, json_wanted: bool) -> None:
    """An error: what, where, and a command to run; as JSON on stdout where JSON was asked for."""
    if json_wanted:
        as_json(
            {
                "error": {"type": error.kind, "what": error.what, "where": error.where, "fix": error.fix},
                "exit_code": error.exit_code,
            }
        )
    else:
        say(f"error: {error}")
