"""A request's way, on the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from platformctl_cli import show

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from platformctl.app.trace import Journey
    from platformctl.model.log_query import LogLine
    from platformctl.model.trace import Branch, Span

_TOLD: Final = ("tenant.id", "request.id", "http.response.status_code", "ratelimit.outcome", "error.type")
_STATEMENT: Final = "db.query.text"
_LONGEST: Final = 100
_WIDEST: Final = 10_000


def show_journey(journey: Journey) -> None:
    """The tree of spans, with what each took and when it began after the first, then the lines."""
    from rich.text import Text
    from rich.tree import Tree

    console = show.console()
    if not console.is_terminal:
        console.width = _WIDEST  # piped output is never cut
    if journey.branches:
        began = min(branch.span.start_ns for branch in journey.branches)
        top = Tree(Text(f"trace {journey.trace_id}", style="bold"))
        for branch in journey.branches:
            _grow(top, branch, began)
        console.print(top)
    for line in journey.lines:
        console.print(_line_text(line))
    for note in journey.notes:
        show.say(f"note: {note}")


def _grow(tree: Tree, branch: Branch, began_ns: int) -> None:
    below = tree.add(_span_text(branch.span, began_ns))
    for child in branch.children:
        _grow(below, child, began_ns)


def _span_text(span: Span, began_ns: int) -> Text:
    from rich.text import Text

    text = Text(f"{span.service}  ", style="cyan")
    text.append(_plain(span.name), style="bold red" if span.is_error else "bold")
    text.append(f"  {span.duration_ns / 1e6:.1f} ms", style="yellow")
    text.append(f"  +{(span.start_ns - began_ns) / 1e6:.1f} ms", style="dim")
    told = [f"{key}={_plain(span.attributes[key])}" for key in _TOLD if span.attributes.get(key)]
    if statement := span.attributes.get(_STATEMENT):
        told.append(_plain(" ".join(statement.split()))[:_LONGEST])
    text.append("".join(f"  {one}" for one in told), style="dim")
    return text


def _line_text(line: LogLine) -> Text:
    from rich.text import Text

    text = Text(f"{_at(line)}  ", style="dim")
    text.append(f"{_plain(line.service)}  ", style="cyan")
    text.append(f"{line.level:8}", style="red" if line.level in ("error", "critical") else "green")
    text.append(_plain(line.text))
    return text


def _at(line: LogLine) -> str:
    return datetime.fromtimestamp(line.time_ns / 1e9, UTC).isoformat(timespec="milliseconds")


def _plain(text: str) -> str:
    """Without what would steer a terminal: names and log texts are other people's."""
    return "".join(character if character.isprintable() else "�" for character in text)


def as_document(journey: Journey) -> dict[str, object]:
    """The same as one JSON object; spans in the order of the tree, each with its depth."""
    return {
        "trace_id": journey.trace_id,
        "spans": [_document(span, depth) for branch in journey.branches for span, depth in _flat(branch, 0)],
        "lines": [
            {
                "at": _at(line),
                "tenant": line.tenant,
                "service": line.service,
                "level": line.level,
                "text": line.text,
                **line.metadata,
            }
            for line in journey.lines
        ],
        "notes": list(journey.notes),
    }


def _flat(branch: Branch, depth: int) -> Iterator[tuple[Span, int]]:
    yield branch.span, depth
    for child in branch.children:
        yield from _flat(child, depth + 1)


def _document(span: Span, depth: int) -> dict[str, object]:
    return {
        "id": span.id,
        "parent": span.parent,
        "depth": depth,
        "service": span.service,
        "name": span.name,
        "start_ns": span.start_ns,
        "duration_ns": span.duration_ns,
        "error": span.is_error,
        "attributes": dict(span.attributes),
    }
