"""What a Prometheus (or Thanos, or Mimir) recorded, read exactly: whole numbers or an error, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeAlias, cast
from urllib.parse import urlsplit

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from urllib3.util import Retry

from platformctl.errors import PlatformError, UsageError
from platformctl.sla.queries import Query

Labels: TypeAlias = Mapping[str, str]
_RETRY: Final = Retry(
    total=2, read=False, backoff_factor=0.2, status_forcelist=(429, 502, 503, 504), raise_on_status=False
)
"""What fails or is busy is asked again; a question that takes too long would take as long again."""

_AT_ONCE: Final = 3
"""Questions that a server is asked at the same time; Prometheus works on each with one core."""


_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")


class HistoryUnavailable(PlatformError):
    """No figure can be given: the server did not answer, or not with all of it."""

    kind = "history"


class NoHistory(HistoryUnavailable):
    """The server answers, and has recorded nothing of the period."""

    kind = "no-history"


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Where the history is and how to be let in.

    url: without a password in it; None until it is known.
    organisation: the tenant header (X-Scope-OrgID) of Mimir and others.
    headers: others that the server asks for, as THANOS-TENANT.
    token_file, password_file: files that hold a bearer token, or the password of `user`.
    """

    url: str | None
    organisation: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    token_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    timeout_s: int = 120

    def __post_init__(self) -> None:
        if (self.user is None) != (self.password_file is None):
            raise UsageError(
                "--user and --password-file belong together", fix="give both of them, or neither"
            )
        if self.user and self.token_file:
            raise UsageError("a server is shown a token or a password", fix="--token-file, or --user")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels, and (milliseconds since 1970, value) pairs."""

    labels: Labels
    samples: tuple[tuple[int, int], ...]


class History:
    """One server at `url`. `asked` holds every question so far, for the appendix."""

    def __init__(self, access: Access) -> None:
        self.url = checked_url(access.url or "")
        self._client = _client(access, self.url)
        self._timeout_s = access.timeout_s
        self.asked: list[Query] = []
        self._pool = ThreadPoolExecutor(max_workers=_AT_ONCE)
        self._kept: dict[Query, tuple[Series, ...]] = {}
        self._coming: dict[Query, Future[list[dict[str, object]]]] = {}

    def now(self) -> datetime:
        """The server's clock: what decides whether a period is over."""
        with _told(self.url, self._timeout_s):
            answer = self._client.custom_query("time()", timeout=self._timeout_s)
        return datetime.fromtimestamp(float(cast(str, answer[1])), UTC)

    def sums(self, query: Query) -> Iterator[tuple[Labels, int]]:
        """Each series of an instant answer with its whole value."""
        for entry in self._ask(query):
            yield _labels(entry), _whole(cast(list[str], entry["value"])[1], query, entry)

    def values(self, query: Query) -> Iterator[tuple[Labels, Decimal]]:
        """Each series of an instant answer with its value."""
        for entry in self._ask(query):
            yield _labels(entry), _number(cast(list[str], entry["value"])[1], query, entry)

    def series(self, query: Query) -> Iterator[Series]:
        """Each series with its recorded samples (or, for a query with a step, its value at each instant)."""
        for entry in self._ask(query):
            pairs = cast(list[tuple[float, str]], entry["values"])
            yield Series(
                _labels(entry),
                tuple((round(at * 1000), _whole(text, query, entry)) for at, text in pairs),
            )

    def kept(self, query: Query) -> tuple[Series, ...]:
        """As `series`, asked once: for what is the same in the reports on all tenants."""
        if query not in self._kept:
            self._kept[query] = tuple(self.series(query))
        elif query not in self.asked:
            self.asked.append(query)
        return self._kept[query]

    def ahead(self, queries: Iterable[Query]) -> None:
        """Begin to ask what will be wanted soon, a few at a time: the server works while answers are read."""
        for query in queries:
            if query not in self._coming:
                self._coming[query] = self._pool.submit(self._answer, query)

    def close(self) -> None:
        """Give up what nobody waits for any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, query: Query) -> list[dict[str, object]]:
        self.asked.append(query)
        coming = self._coming.pop(query, None)
        return coming.result() if coming else self._answer(query)

    def _answer(self, query: Query) -> list[dict[str, object]]:
        with _told(self.url, self._timeout_s):
            if query.start and query.step:
                answer = self._client.custom_query_range(
                    query.text,
                    start_time=query.start,
                    end_time=query.at,
                    step=str(int(query.step.total_seconds())),
                    timeout=self._timeout_s,
                )
            else:
                answer = self._client.custom_query(
                    query.text, params={"time": f"{query.at.timestamp():.3f}"}, timeout=self._timeout_s
                )
        return cast(list[dict[str, object]], answer)


def _client(access: Access, url: str) -> PrometheusConnect:
    session = requests.Session()
    session.trust_env = False
    session.hooks["response"].append(_refuse_partial)
    headers = dict(access.headers)
    if access.organisation:
        headers["X-Scope-OrgID"] = access.organisation
    if access.token_file:
        headers["Authorization"] = f"Bearer {secret(access.token_file)}"
    password = secret(access.password_file) if access.password_file else ""
    return PrometheusConnect(
        url=url,
        headers=headers,
        auth=(access.user, password) if access.user else None,
        session=session,
        retry=_RETRY,
    )


def checked_url(url: str) -> str:
    """The URL without a slash at its end; raises `UsageError` for no URL, and for one with a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"not the URL of a server: {url!r}", fix="write it like http://127.0.0.1:9090")
    if parts.username or parts.password:
        raise UsageError("a password in a URL ends up in logs", fix="use --user and --password-file")
    return url.rstrip("/")


def headers_of(texts: list[str]) -> tuple[tuple[str, str], ...]:
    """The headers of ``NAME=VALUE`` texts; raises `UsageError` for what is none, and for one that holds a secret."""
    return tuple(_header(text) for text in texts)


def _header(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _HEADER.fullmatch(name) or not value.isprintable():
        raise UsageError(f"not a header: {name!r}", fix="write it like THANOS-TENANT=team-a")
    if name.lower() in ("authorization", "proxy-authorization", "cookie"):
        raise UsageError(f"{name} on the command line ends up in process lists", fix="use --token-file")
    return name, value


def secret(path: Path) -> str:
    """The secret that the file holds."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise HistoryUnavailable(f"cannot be read: {error.strerror}", where=str(path)) from error


def _refuse_partial(response: requests.Response, *_: object, **__: object) -> None:
    """The client drops warnings; Thanos and Mimir tell by them that a part of the data is missing."""
    said = _missing(response) if response.ok else ()
    if said:
        raise HistoryUnavailable(
            f"the answer is partial, and a figure made of it would be wrong: {said[0]}",
            where=response.url.partition("?")[0],
            fix="mend the store that is missing, then run the report again",
        )


def _missing(response: requests.Response) -> Sequence[str]:
    """What the answer says of parts that it lacks: Thanos and Mimir by warnings, VictoriaMetrics by a flag."""
    if not any(sign in response.content for sign in (b'"warnings"', b'"isPartial"')):
        return ()
    body = response.json()
    return body.get("warnings") or (("isPartial",) if body.get("isPartial") else ())


def no_prometheus(url: str) -> HistoryUnavailable:
    """What is told of a server that does not know Prometheus' API."""
    return HistoryUnavailable(
        "answers, but not as a Prometheus (404)",
        where=url,
        fix="name the address below which it has /api/v1: --prometheus URL",
    )


@contextmanager
def _told(url: str, timeout_s: int) -> Iterator[None]:
    """Turn what the client raises into what a person can mend."""
    try:
        yield
    except requests.Timeout as error:
        raise HistoryUnavailable(
            f"no answer within {timeout_s} s",
            where=url,
            fix="ask for a shorter period, or give it more --timeout",
        ) from error
    except requests.RequestException as error:
        raise HistoryUnavailable(
            f"Prometheus does not answer ({type(error).__name__})",
            where=url,
            fix="platformctl status, or name another server with --prometheus URL",
        ) from error
    except PrometheusApiClientException as error:
        if "HTTP Status Code 404" in str(error):
            raise no_prometheus(url) from error
        raise HistoryUnavailable(f"Prometheus refused: {str(error)[:400]}", where=url) from error


def _labels(entry: dict[str, object]) -> Labels:
    return cast(Labels, entry["metric"])


def _whole(text: str, query: Query, entry: dict[str, object]) -> int:
    if text.isdecimal():
        return int(text)
    number = _number(text, query, entry)
    if number != number.to_integral_value() or number < 0:
        raise _unusable(f"{text}, which is no count", query, entry)
    return int(number)


def _number(text: str, query: Query, entry: dict[str, object]) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _unusable(f"{text}, which is no number", query, entry)
    return number


def _unusable(what: str, query: Query, entry: dict[str, object]) -> HistoryUnavailable:
    return HistoryUnavailable(
        f"the history holds {what}, for {dict(_labels(entry))}",
        where=query.text,
        fix="the series were not recorded by these rules: look at alerts_src/slo.py",
    )
