"""The limiter's admin API, as its client sees it: JSON in and out, the ETag of what was seen, one kind of error."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import requests

from platformctl.errors import PlatformError, UsageError
from platformctl.sources.documents import Json

_TIMEOUT_S: Final = 30.0
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")


class ApiError(PlatformError):
    """The admin API did not answer, or refused; `status` is 0 where nothing was answered."""

    kind = "ratelimit-api"

    def __init__(self, what: str, *, status: int = 0, where: str, fix: str | None = None) -> None:
        super().__init__(what, where=where, fix=fix)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the API answered, and the ETag by which it knows it again (empty where there is none)."""

    body: Json
    etag: str = ""

    @property
    def fields(self) -> dict[str, Json]:
        """The members of an answer that is an object."""
        return self.body if isinstance(self.body, dict) else {}


class RateLimitApi:
    """One admin API by its base URL (``http://127.0.0.1:8090/admin/ratelimit``)."""

    def __init__(self, base: str, token: str) -> None:
        """Refuses to send the token unencrypted to another machine."""
        self.base, self._token = base.rstrip("/"), token
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlatformError("not the URL of an admin API", where=base, fix="https://HOST/admin/ratelimit")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise PlatformError(
                "the token would go to another machine unencrypted", where=self.base, fix="use https://"
            )

    def get(self, *path: str, **params: str) -> Seen:
        """Look."""
        return self._ask("GET", path, params=params)

    def find(self, *path: str) -> Seen | None:
        """Look for what may not be there."""
        try:
            return self.get(*path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def put(self, *path: str, body: Json, seen: str = "", reason: str = "") -> Seen:
        """Enter or replace; `seen` is the ETag of what is replaced."""
        return self._ask("PUT", path, params={"reason": reason}, body=body, etag=seen)

    def patch(self, *path: str, body: Json, reason: str = "") -> Seen:
        """Change a part."""
        return self._ask("PATCH", path, params={"reason": reason}, body=body)

    def delete(self, *path: str, seen: str, reason: str = "") -> Seen:
        """Take out what was seen."""
        return self._ask("DELETE", path, params={"reason": reason}, etag=seen)

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        params: Mapping[str, str],
        body: Json = None,
        etag: str = "",
    ) -> Seen:
        for part in path:
            if _NAME.fullmatch(part) is None:
                raise UsageError(f"{part!r} is not a name", fix="use 1 to 64 letters, digits, '_', '.', '-'")
        url = "/".join((self.base, *path))
        headers = {"Authorization": f"Bearer {self._token}"} | ({"If-Match": etag} if etag else {})
        with requests.Session() as session:
            session.trust_env = False
            try:
                response = session.request(
                    method,
                    url,
                    params=params,
                    headers=headers,
                    json=body,
                    timeout=_TIMEOUT_S,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                raise ApiError(
                    f"no answer ({type(error).__name__})",
                    where=url,
                    fix="platformctl status, or name another --url",
                ) from error
        if not 200 <= response.status_code < 300:
            raise _refused(response, method, url)
        return Seen(body=_json(response, url), etag=response.headers.get("ETag", ""))


def _refused(response: requests.Response, method: str, url: str) -> ApiError:
    status = response.status_code
    what, fix = {
        401: ("the token is not that of an admin", "give the right one with --token-file"),
        403: ("the token may not do this", "give another one with --token-file"),
        412: (_detail(response), "look again with `platformctl ratelimit show`, then decide"),
        503: (_detail(response), "platformctl status"),
    }.get(status, (_detail(response), None))
    if status == 404 and method == "GET" and not _speaks_json(response):
        what, fix = "there is no admin API here", "give its whole URL: --url http://HOST:PORT/admin/ratelimit"
    return ApiError(what, status=status, where=url, fix=fix)


def _detail(response: requests.Response) -> str:
    if _speaks_json(response):
        found = response.json().get("detail")
        if isinstance(found, list):
            found = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in found)
        if found:
            return str(found)
    return f"answered {response.status_code}: {response.text.strip()[:300]}"


def _speaks_json(response: requests.Response) -> bool:
    try:
        return isinstance(response.json(), dict)
    except ValueError:
        return False


def _json(response: requests.Response, url: str) -> Json:
    if response.status_code == 204:
        return None
    try:
        body: Json = response.json()
    except ValueError:
        raise ApiError("the answer is not JSON", status=response.status_code, where=url) from None
    return body


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine for certain."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
