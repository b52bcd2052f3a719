"""Samples of a Prometheus (or Thanos, or Mimir) as a stream: one series in memory, however large the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

import ijson
import requests

from platformctl.sources.history import Access, HistoryUnavailable, checked_url, no_prometheus, secret

_TIMEOUT_S: Final = (10, 300)
_CHUNK: Final = 65_536
_WARNING: Final = re.compile(rb'"warnings":\s*\["((?:[^"\\]|\\.)*)')
_WARNING_BYTES: Final = 512
_TOO_MUCH: Final = ("too many samples", "maximum resolution", "timed out", "limit", "too large")
"""What Prometheus, Thanos and Mimir say when a question is to be asked in smaller parts."""


class TooMuch(HistoryUnavailable):
    """The server would have to load more than it allows; a shorter window may do."""

    kind = "too-much"


@dataclass(frozen=True, slots=True)
class Samples:
    """One series of an answer: its labels, its name among them, and (milliseconds since 1970, value as text)."""

    labels: Mapping[str, str]
    values: tuple[tuple[int, str], ...]


class SampleServer:
    """One server. Raises `HistoryUnavailable` where it does not answer with all of what was asked for."""

    def __init__(self, access: Access) -> None:
        self.url = checked_url(access.url or "")
        self._session = requests.Session()
        self._session.trust_env = False
        if access.organisation:
            self._session.headers["X-Scope-OrgID"] = access.organisation
        if access.token_file:
            self._session.headers["Authorization"] = f"Bearer {secret(access.token_file)}"
        if access.user:
            self._session.auth = (access.user, secret(access.password_file) if access.password_file else "")

    def now_ms(self) -> int:
        """The server's clock."""
        with self._post("query", query="time()") as answer:
            return round(float(answer.json()["data"]["result"][1]) * 1000)

    def label_names(self, selectors: tuple[str, ...], start_ms: int, end_ms: int) -> tuple[str, ...]:
        """The labels that the selected series have between the two instants, in order, without the name."""
        window = {"start": _instant(start_ms), "end": _instant(end_ms)}
        with self._post("labels", **{"match[]": selectors}, **window) as answer:
            body = answer.json()
        if body.get("warnings"):
            raise _partial(str(body["warnings"][0]), self.url)
        return tuple(sorted(set(cast(list[str], body["data"])) - {"__name__"}))

    def recorded(self, selector: str, start_ms: int, end_ms: int) -> Iterator[Samples]:
        """What is stored from `start_ms` to before `end_ms`, as it is stored.

        Prometheus 2.x counts the left edge of a range in, 3.x leaves it out: a millisecond more is asked for.
        """
        text = f"{selector}[{end_ms - start_ms}ms]"
        for series in self._stream("query", query=text, time=_instant(end_ms - 1)):
            inside = tuple(pair for pair in series.values if pair[0] >= start_ms)
            if inside:
                yield Samples(series.labels, inside)

    def evaluated(self, query: str, start_ms: int, last_ms: int, step_ms: int) -> Iterator[Samples]:
        """The values of `query` at each step from `start_ms` to `last_ms`, both included."""
        return self._stream(
            "query_range",
            query=query,
            start=_instant(start_ms),
            end=_instant(last_ms),
            step=f"{step_ms / 1000:.3f}",
        )

    def instant(self, query: str, at_ms: int) -> Iterator[tuple[Mapping[str, str], str]]:
        """Each series of an instant answer: its labels and its value as text."""
        for entry in self._entries("query", query=query, time=_instant(at_ms)):
            yield cast(dict[str, str], entry["metric"]), cast(list[str], entry["value"])[1]

    def _stream(self, path: str, **form: str) -> Iterator[Samples]:
        for entry in self._entries(path, **form):
            labels = cast(dict[str, str], entry["metric"])
            if "histograms" in entry:
                raise HistoryUnavailable(
                    f"holds native histograms, which cannot be read as numbers: {labels}",
                    where=self.url,
                    fix="narrow the selector",
                )
            pairs = cast(list[tuple[float, str]], entry["values"])
            yield Samples(labels, tuple((round(at * 1000), text) for at, text in pairs))

    def _entries(self, path: str, **form: str) -> Iterator[dict[str, object]]:
        with self._post(path, **form) as answer:
            body = _Body(answer, self.url)
            try:
                yield from ijson.items(body, "data.result.item", use_float=True)
            except ijson.JSONError as error:
                raise HistoryUnavailable("the answer was cut off", where=self.url) from error
            body.refuse_partial()

    @contextmanager
    def _post(self, path: str, **form: str | tuple[str, ...]) -> Iterator[requests.Response]:
        with (
            _told(self.url),
            closing(
                self._session.post(f"{self.url}/api/v1/{path}", data=form, timeout=_TIMEOUT_S, stream=True)
            ) as answer,
        ):
            if not answer.ok:
                raise _refused(answer, self.url)
            yield answer


class _Body:
    """The bytes of an answer for a reader; a warning that comes by is kept."""

    def __init__(self, answer: requests.Response, url: str) -> None:
        self._chunks = answer.iter_content(_CHUNK)
        self._url = url
        self._tail = b""
        self._warning = ""

    def read(self, size: int) -> bytes:
        """The next bytes; how many is the server's choice, but none only at the end (or for a size of 0)."""
        if size == 0:
            return b""
        chunk: bytes = next(self._chunks, b"")
        seen = self._tail + chunk
        if not self._warning and (found := _WARNING.search(seen)):
            self._warning = found[1].decode(errors="replace")
        self._tail = seen[-_WARNING_BYTES:]
        return chunk

    def refuse_partial(self) -> None:
        """Raise `HistoryUnavailable` when the server warned: a part of the data is missing."""
        while self.read(_CHUNK):
            pass
        if self._warning:
            raise _partial(self._warning, self._url)


def _instant(ms: int) -> str:
    return f"{ms / 1000:.3f}"


def at(ms: int) -> datetime:
    """The instant."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _partial(said: str, url: str) -> HistoryUnavailable:
    return HistoryUnavailable(
        f"the answer is partial: {said}", where=url, fix="mend the store that is missing, then run it again"
    )


def _refused(answer: requests.Response, url: str) -> HistoryUnavailable:
    if answer.status_code == requests.codes.not_found:
        return no_prometheus(url)
    try:
        said = str(json.loads(answer.content)["error"])
    except (ValueError, KeyError, TypeError):
        said = f"{answer.status_code} {answer.text.strip()[:200]}"
    if answer.status_code in (401, 403):
        return HistoryUnavailable(
            f"not let in: {said}", where=url, fix="name --org, --token-file, or --user and --password-file"
        )
    kind = TooMuch if any(word in said for word in _TOO_MUCH) else HistoryUnavailable
    return kind(f"Prometheus refused: {said[:400]}", where=url)


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except requests.Timeout as error:
        raise TooMuch(f"no answer within {_TIMEOUT_S[1]} s", where=url) from error
    except requests.RequestException as error:
        raise HistoryUnavailable(
            f"Prometheus does not answer ({type(error).__name__})",
            where=url,
            fix="platformctl status, or name another server with --prometheus URL",
        ) from error
