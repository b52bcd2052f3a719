"""One Grafana over its HTTP API: one kind of error, and a token that goes nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias, cast
from urllib.parse import urlsplit

import requests

from platformctl.errors import PlatformError, UsageError

Tree: TypeAlias = dict[str, object]
_TIMEOUT_S: Final = 30
_PAGE: Final = 1000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class GrafanaRefused(PlatformError):
    """Grafana answered with an error, or not at all."""

    kind = "grafana"


class Grafana:
    """The Grafana at `url`. Every call raises `GrafanaRefused` with Grafana's own reason.

    administrator: the login whose password `token` is, for what Grafana lets no service account do.
    """

    def __init__(self, token: str, *, url: str, administrator: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise UsageError(
                "the token would travel in clear, or nowhere: this is no https address of a Grafana",
                where=parts.hostname or url[:80],
                fix="platformctl dashboard push --url https://grafana.example.com",
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise UsageError(
                "the address of the Grafana holds more than a host and a path",
                where=parts.hostname,
                fix="write it as https://grafana.example.com; the token stands in a file",
            )
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = parts.hostname not in _LOOPBACK
        self._session.auth = (
            requests.auth.HTTPBasicAuth(administrator, token) if administrator else _Bearer(token)
        )

    def within(self, organisation: int) -> None:
        """Have the calls from here on speak of that organisation."""
        self._session.headers["X-Grafana-Org-Id"] = str(organisation)

    def close(self) -> None:
        """Let its connections go."""
        self._session.close()

    def get(self, path: str, **params: str) -> object | None:
        """The JSON of a GET; None where there is no such thing."""
        return self._call("GET", path, params=params, absent_is_fine=True)

    def pages(self, path: str, **params: str) -> Iterator[Tree]:
        """Every member of a list that Grafana gives page by page."""
        for number in range(1, 1000):
            members = cast(list[Tree], self.get(path, limit=str(_PAGE), page=str(number), **params) or [])
            yield from members
            if len(members) < _PAGE:
                return

    def post(self, path: str, body: Tree) -> object | None:
        """Make or replace something."""
        return self._call("POST", path, body=body)

    def put(self, path: str, body: Tree) -> object | None:
        """Replace something."""
        return self._call("PUT", path, body=body)

    def patch(self, path: str, body: Tree) -> object | None:
        """Change something."""
        return self._call("PATCH", path, body=body)

    def delete(self, path: str) -> None:
        """Delete something; one that is gone already is no error."""
        self._call("DELETE", path, absent_is_fine=True)

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: Tree | None = None,
        absent_is_fine: bool = False,
    ) -> object | None:
        where = f"{method} {self._url}{path}"
        try:
            response = self._session.request(
                method, self._url + path, params=params, json=body, timeout=_TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as error:
            raise GrafanaRefused(f"Grafana does not answer ({type(error).__name__})", where=where) from None
        if response.status_code == requests.codes.not_found and absent_is_fine:
            return None
        if response.status_code != requests.codes.ok:
            raise _refused(response, where)
        try:
            return cast(object, response.json())
        except ValueError:
            raise GrafanaRefused(
                "the answer is not JSON: is this the address of a Grafana?", where=where
            ) from None


class _Bearer(requests.auth.AuthBase):
    """The token in its header; with an authentication of our own, requests reads none from ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _refused(response: requests.Response, where: str) -> GrafanaRefused:
    code = response.status_code
    if code in (requests.codes.unauthorized, requests.codes.forbidden):
        fix = "dashboards: the token of a service account with the role Editor; access: the administrator's password"
        return GrafanaRefused(f"Grafana refuses the token or the password ({code})", where=where, fix=fix)
    if code == requests.codes.precondition_failed:
        fix = "platformctl dashboard push shows the plan anew"
        return GrafanaRefused(
            f"somebody saved it since the plan was made: {_reason(response)}", where=where, fix=fix
        )
    if response.is_redirect:
        return GrafanaRefused(
            f"Grafana sends us elsewhere ({code})", where=where, fix="give --url its own address"
        )
    return GrafanaRefused(f"Grafana answered {code}: {_reason(response)}", where=where)


def _reason(response: requests.Response) -> str:
    try:
        return str(response.json()["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return "no reason given"
