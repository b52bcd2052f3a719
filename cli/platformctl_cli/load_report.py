"""How a load test looks while it runs and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from platformctl.app.ratelimit_load import Figures, Result
from platformctl.errors import UsageError
from platformctl_cli import show


def headers(texts: list[str], bearer_file: Path | None) -> dict[str, str]:
    """The headers to send; the token comes from a file, for a command line is seen by everybody."""
    found = {}
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not name.strip() or not value.isprintable():
            raise UsageError(f"not a header: {text!r}", fix="-H 'Name: value'")
        found[name.strip()] = value.strip()
    if bearer_file is not None:
        try:
            found["Authorization"] = f"Bearer {bearer_file.read_text(encoding='utf-8').strip()}"
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", where=str(bearer_file)) from None
    return found


@contextmanager
def live(*, json: bool) -> Iterator[Callable[[Figures, float], None]]:
    """A line a second on stderr while it runs."""
    if not json:
        show.say(
            f"{'second':>6} {'offered':>8} {'admitted':>9} {'denied':>7} {'failed':>7} {'p50 ms':>7} {'p99 ms':>7}"
        )

    def line(figures: Figures, second: float) -> None:
        if not json:
            show.say(
                f"{second:6.0f} {figures.offered:8} {figures.admitted:9} {figures.denied:7} {figures.failed:7} "
                f"{_ms(figures.p50_s):>7} {_ms(figures.p99_s):>7}"
            )

    yield line


def verdict(result: Result, *, json: bool) -> None:
    """The figures of the whole run, each limit against what was seen of it, and whether that was right."""
    figures = result.figures
    if json:
        show.as_json({**asdict(result), "problems": result.problems})
        return
    show.result(
        f"offered {figures.offered} in {result.seconds:.1f} s: "
        f"{figures.admitted} admitted, {figures.denied} denied, {figures.failed} failed"
    )
    show.result(
        f"admitted: p50 {_ms(figures.p50_s)} ms, p99 {_ms(figures.p99_s)} ms; "
        f"denied: p50 {_ms(figures.denied_p50_s)} ms"
    )
    if result.windows:
        show.result("")
        show.table(
            ("LIMIT", "QUOTA", "WINDOW", "MOST IN ONE", "BOUND"),
            (
                (w.limit.name, str(w.limit.quota), f"{w.limit.window_s:g} s", str(w.most), str(w.limit.bound))
                for w in result.windows
            ),
        )
        show.result("")
    show.result(_judgement(result))
    if result.used:
        show.say(f"note: {result.used} units had been spent before; for a sharp verdict use a tenant at rest")
    if result.late:
        show.say(f"note: {result.late} requests were sent over 50 ms late; the sender was busy: lower --rate")


def _judgement(result: Result) -> str:
    if result.problems:
        return "verdict: " + "; ".join(result.problems)
    if result.expected is None:
        return "verdict: none; no limit is known (the answers name none): tell it with --limit 100/60"
    admitted, right = result.figures.admitted, result.expected
    off = 100 * (admitted - right) / right if right else 0.0
    return f"verdict: accurate; {admitted} admitted, {right} are right ({off:+.1f} %)"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
