"""Questions to servers on this machine: short timeouts, no proxy from the environment, one kind of error."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from platformctl.errors import PlatformError
from platformctl.sources.documents import Json


class Unreachable(PlatformError):
    """The server did not answer, or answered with an error."""

    kind = "unreachable"


class NotFound(Unreachable):
    """The server has no such thing (404)."""


@dataclass(frozen=True, slots=True)
class HttpServer:
    """One server by its ``host:port``; raises `Unreachable` with what was asked and what came back."""

    address: str
    timeout_s: float = 3.0
    headers: Mapping[str, str] = field(default_factory=dict)

    def get_json(self, path: str, **params: str) -> Json:
        """The JSON body of a GET."""
        return self._json(self._ask("GET", path, params), path)

    def post_json(self, path: str) -> Json:
        """The JSON body of the answer to a POST of nothing."""
        return self._json(self._ask("POST", path, {}), path)

    def answers(self, path: str) -> bool:
        """Whether a GET of `path` answers with success."""
        try:
            self._ask("GET", path, {})
        except Unreachable:
            return False
        return True

    def _json(self, response: requests.Response, path: str) -> Json:
        try:
            body: Json = response.json()
        except ValueError as error:
            raise Unreachable("the answer is not JSON", where=self._url(path)) from error
        return body

    def _ask(self, method: str, path: str, params: dict[str, str]) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            try:
                response = session.request(
                    method, self._url(path), params=params, headers=dict(self.headers), timeout=self.timeout_s
                )
            except requests.RequestException as error:
                raise Unreachable(f"no answer ({type(error).__name__})", where=self._url(path)) from error
        if not response.ok:
            reason = response.text.strip()[:300]
            problem = NotFound if response.status_code == requests.codes.not_found else Unreachable
            raise problem(f"answered {response.status_code}: {reason}", where=self._url(path))
        return response

    def _url(self, path: str) -> str:
        return f"http://{self.address}{path}"


def accepts_connection(address: str, *, timeout_s: float = 1.0) -> bool:
    """Whether something listens at ``host:port``."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=timeout_s):
            return True
    except OSError:
        return False
