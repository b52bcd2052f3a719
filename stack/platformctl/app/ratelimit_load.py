"""A bounded load on one URL at a steady rate: what was offered, admitted and denied, and whether that was right."""

from __future__ import annotations

import http.client
import itertools
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from platformctl.app.ratelimit_api import is_loopback
from platformctl.app.ratelimit_model import Algorithm, Limit, expected, limits_in, most_in_window, used_before
from platformctl.errors import UsageError

MOST_RATE: Final = 2000.0
MOST_SECONDS: Final = 300.0
MOST_CONNECTIONS: Final = 64
_TIMEOUT_S: Final = 10.0
_TOLERANCE: Final = 0.03
_WHOLE_NUMBERS: Final = 2
_FAILED: Final = 0
_TOO_MANY: Final = 429


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What to send where. Another machine is only loaded when it is named on purpose (`remote`)."""

    url: str
    rate: float
    seconds: float
    connections: int = 16
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    algorithm: Algorithm = Algorithm.SLIDING_WINDOW
    remote: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"not a URL: {self.url}", fix="http://127.0.0.1:8080/path")
        if not is_loopback(parts.hostname) and parts.hostname != self.remote:
            raise UsageError(
                f"{parts.hostname} is another machine",
                fix=f"if you may load it: --allow-remote {parts.hostname}",
            )
        for what, value, most in (
            ("rate", self.rate, MOST_RATE),
            ("duration", self.seconds, MOST_SECONDS),
            ("connections", self.connections, MOST_CONNECTIONS),
        ):
            if not 0 < value <= most:
                raise UsageError(f"a {what} of {value:g}", fix=f"above 0 and at most {most:g}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: when it was due, sent and answered (seconds of the epoch); status 0 where it failed."""

    due: float
    sent: float
    done: float
    status: int

    @property
    def latency_s(self) -> float:
        """As its sender feels it: counted from when it was due."""
        return self.done - self.due


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Counts and latencies (seconds) of some answers."""

    offered: int
    admitted: int
    denied: int
    failed: int
    p50_s: float
    p99_s: float
    denied_p50_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """One limit against what was seen of it."""

    limit: Limit
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The whole run. `expected` is what the limits allow of it, none where no limit is known.

    late: sent over 50 ms after they were due. used: units that were spent before the run began.
    """

    figures: Figures
    seconds: float
    late: int
    windows: tuple[Window, ...]
    expected: int | None
    used: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong; empty: the limiter was accurate."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        figures = self.figures
        if figures.failed:
            yield f"{figures.failed} of {figures.offered} requests failed"
        for window in self.windows:
            if window.most > window.limit.bound:
                yield f"{window.limit.name}: {window.most} admitted within {window.limit.window_s:g} s"
        if self.expected is None:
            return
        slack = max(_WHOLE_NUMBERS, _TOLERANCE * self.expected)
        if figures.admitted > self.expected + slack:
            yield f"{figures.admitted - self.expected} more admitted than the limits allow"
        if figures.admitted < self.expected - slack:
            yield f"{self.expected - figures.admitted} wrongly denied"


@dataclass
class _Run:
    """What the threads share."""

    load: Load
    begin: float
    numbers: Iterator[int] = field(default_factory=itertools.count)
    stopped: threading.Event = field(default_factory=threading.Event)
    answers: list[Answer] = field(default_factory=list)
    policy: str = ""
    first_left: str = ""


def run(load: Load, progress: Callable[[Figures, float], None]) -> Result:
    """Send the load; `progress` hears every second of what that second brought. Ctrl-C ends it early."""
    shared = _Run(load=load, begin=time.time())
    threads = [threading.Thread(target=_work, args=(shared,), daemon=True) for _ in range(load.connections)]
    for thread in threads:
        thread.start()
    try:
        _watch(shared, threads, progress)
    except KeyboardInterrupt:
        shared.stopped.set()
    for thread in threads:
        thread.join(_TIMEOUT_S)
    return _judge(shared)


def _watch(shared: _Run, threads: list[threading.Thread], progress: Callable[[Figures, float], None]) -> None:
    told, tick = 0, 1
    while any(thread.is_alive() for thread in threads):
        time.sleep(max(0.0, min(shared.begin + tick - time.time(), 0.1)))
        if time.time() >= shared.begin + tick:
            answers = shared.answers[told:]
            told += len(answers)
            progress(_figures(answers), float(tick))
            tick += 1


def _work(shared: _Run) -> None:
    load, parts = shared.load, urlsplit(shared.load.url)
    connection = _connection(parts)
    target = parts.path or "/"
    target += f"?{parts.query}" if parts.query else ""
    for number in shared.numbers:
        due = shared.begin + number / load.rate
        if due >= shared.begin + load.seconds or shared.stopped.wait(max(0.0, due - time.time())):
            break
        sent = time.time()
        try:
            response = _ask(connection, load, target)
        except (OSError, http.client.HTTPException):
            connection.close()
            shared.answers.append(Answer(due, sent, time.time(), _FAILED))
            continue
        shared.answers.append(Answer(due, sent, time.time(), response.status))
        shared.policy = response.headers.get("ratelimit-policy") or shared.policy
        if number == 0:
            shared.first_left = response.headers.get("ratelimit", "")
    connection.close()


def _ask(connection: http.client.HTTPConnection, load: Load, target: str) -> http.client.HTTPResponse:
    """One answer, read whole. A connection that the server closed while it was idle is opened again."""
    for again in (True, False):
        try:
            connection.request(load.method, target, headers=dict(load.headers))
            response = connection.getresponse()
            response.read()
            break
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            connection.close()
            if not again:
                raise
    return response


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            host, parts.port, timeout=_TIMEOUT_S, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)


def _judge(shared: _Run) -> Result:
    answers, load = sorted(shared.answers, key=lambda one: one.sent), shared.load
    limits = load.limits or limits_in(shared.policy, load.algorithm)
    admitted = [one for one in answers if _admits(one.status)]
    windows = tuple(
        Window(
            limit=limit,
            most=most_in_window(limit.window_s, [a.sent for a in admitted], [a.done for a in admitted]),
        )
        for limit in limits
    )
    times = [(one.sent + one.done) / 2 for one in answers if one.status != _FAILED]
    used = used_before(limits, shared.first_left)
    return Result(
        figures=_figures(answers),
        seconds=max((one.done for one in answers), default=shared.begin) - shared.begin,
        late=sum(one.sent - one.due > 0.05 for one in answers),
        windows=windows,
        expected=expected(limits, sorted(times), used) if limits else None,
        used=sum(used.values()),
    )


def _admits(status: int) -> bool:
    return status not in (_FAILED, _TOO_MANY) and status < 500


def _figures(answers: list[Answer]) -> Figures:
    admitted = sorted(one.latency_s for one in answers if _admits(one.status))
    denied = sorted(one.latency_s for one in answers if one.status == _TOO_MANY)
    return Figures(
        offered=len(answers),
        admitted=len(admitted),
        denied=len(denied),
        failed=len(answers) - len(admitted) - len(denied),
        p50_s=_percentile(admitted, 0.50),
        p99_s=_percentile(admitted, 0.99),
        denied_p50_s=_percentile(denied, 0.50),
    )


def _percentile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
