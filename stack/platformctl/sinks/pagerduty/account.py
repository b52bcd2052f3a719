"""One PagerDuty account over its REST API: whole lists, patience at the rate limit, one kind of error."""

from __future__ import annotations

import ipaddress
import json
import warnings
from collections.abc import Iterator
from typing import Final, cast
from urllib.parse import urlsplit

import httpx2
import pagerduty

from platformctl.errors import PlatformError, UsageError
from platformctl.model.pagerduty import Described

DEFAULT_URL: Final = "https://api.pagerduty.com"
_MOST_RATE_LIMITED: Final = 8
"""Waits double from three seconds on: together longer than the minute that PagerDuty counts."""


class PagerDutyRefused(PlatformError):
    """PagerDuty answered with an error, or not at all."""

    kind = "pagerduty"


class Account:
    """The account that `token` opens. Every call raises `PagerDutyRefused` with PagerDuty's own reason."""

    def __init__(self, token: str, *, url: str = DEFAULT_URL, first_wait_s: float = 1.5) -> None:
        self.url = url
        self._client = _client(token, url)
        self._client.sleep_timer = first_wait_s
        self._client.retry = {429: _MOST_RATE_LIMITED}

    def close(self) -> None:
        """Let its connections go."""
        self._client.close()

    def every(self, path: str, wrapper: str) -> Iterator[Described]:
        """All objects of a list, page by page; raises rather than give a list that PagerDuty cut off."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                yield from self._client.iter_all(path, params={})
            except UserWarning as warning:
                raise PagerDutyRefused(f"the list of {wrapper} is not whole: {warning}", where=path) from None
            except (pagerduty.Error, pagerduty.UrlError) as error:
                raise _refused(error, f"GET {path}") from error

    def get(self, path: str) -> Described:
        """The JSON of a GET."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Described) -> Described:
        """Make something."""
        return self._call("POST", path, body)

    def put(self, path: str, body: Described) -> Described:
        """Replace something."""
        return self._call("PUT", path, body)

    def delete(self, path: str) -> None:
        """Delete something; one that is gone already is no error."""
        self._call("DELETE", path, None, gone_is_fine=True)

    def _call(
        self, method: str, path: str, body: Described | None, *, gone_is_fine: bool = False
    ) -> Described:
        try:
            response = self._client.request(method, path, **({"json": body} if body is not None else {}))
        except pagerduty.Error as error:
            raise _refused(error, f"{method} {path}") from error
        if response.status_code == 404 and gone_is_fine:
            return {}
        if not response.is_success:
            raise PagerDutyRefused(
                f"PagerDuty answered {response.status_code}: {_reason(response)}", where=f"{method} {path}"
            )
        return cast(Described, response.json()) if response.content else {}


def _client(token: str, url: str) -> pagerduty.RestApiV2Client:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return pagerduty.RestApiV2Client(token, base_url=url)
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        transport = _Plain(parts.hostname or "", parts.port or 80)
        return pagerduty.RestApiV2Client(token, base_url=DEFAULT_URL, transport=transport, trust_env=False)
    raise UsageError(
        f"{url} is no address of PagerDuty: the token would travel in clear",
        fix="use https, as in https://api.eu.pagerduty.com",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Plain(httpx2.HTTPTransport):
    """Plain HTTP to a server on this machine; the client itself insists on https."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host, self._port = host, port

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http", host=self._host, port=self._port)
        request.headers["host"] = f"{self._host}:{self._port}"
        return super().handle_request(request)


def _refused(error: Exception, where: str) -> PagerDutyRefused:
    response = getattr(error, "response", None)
    if response is None:
        return PagerDutyRefused(f"PagerDuty does not answer: {error}", where=where)
    if response.status_code in (401, 403):
        return PagerDutyRefused(
            f"PagerDuty refuses the token ({response.status_code})",
            where=where,
            fix="put a REST API key with write access into the token file; accounts in Europe need "
            "--url https://api.eu.pagerduty.com",
        )
    return PagerDutyRefused(f"PagerDuty answered {response.status_code}: {_reason(response)}", where=where)


def _reason(response: httpx2.Response) -> str:
    """PagerDuty's own words; never the request, which may hold more than is good for a terminal."""
    try:
        told = json.loads(response.text)["error"]
        return "; ".join([str(told["message"]), *map(str, told.get("errors", []))])
    except (ValueError, KeyError, TypeError):
        return response.text.strip()[:300] or "no reason given"
