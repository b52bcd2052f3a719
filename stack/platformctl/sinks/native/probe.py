"""Asking a local server whether it is well, and telling it to take over its new configuration."""

from __future__ import annotations

import http.client
import socket
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from platformctl.errors import PlatformError

_PROBE_TIMEOUT_S = 2.0
_RELOAD_TIMEOUT_S = 60.0


def ailment(health: str) -> str | None:
    """What is wrong with the server behind an ``http://`` or ``tcp://`` address; None when it is healthy."""
    url = urlsplit(health)
    try:
        if url.scheme == "tcp":
            socket.create_connection((url.hostname or "", url.port or 0), timeout=_PROBE_TIMEOUT_S).close()
            return None
        status, _ = _request("GET", health, timeout_s=_PROBE_TIMEOUT_S)
    except OSError as error:
        return f"{url.netloc} does not answer ({error.strerror or error})"
    except http.client.HTTPException as error:
        return f"{url.netloc} does not speak HTTP ({type(error).__name__})"
    return None if 200 <= status < 300 else f"{health} answers {status}"


def command_ailment(argv: tuple[str, ...], *, environment: Mapping[str, str]) -> str | None:
    """Why a command that asks for the health does not succeed; None when it does, or there is none."""
    if not argv:
        return None
    try:
        done = subprocess.run(
            argv, env=environment, cwd="/", check=False, timeout=_PROBE_TIMEOUT_S,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        return f"{argv[0]} cannot be run ({error.strerror})"
    except subprocess.TimeoutExpired:
        return f"{argv[0]} gives no answer"
    return f"{argv[0]} says no (exit status {done.returncode})" if done.returncode else None


def reload(name: str, url: str) -> None:
    """POST the reload address; raises `PlatformError` with the server's own reason when it refuses."""
    try:
        status, body = _request("POST", url, timeout_s=_RELOAD_TIMEOUT_S)
    except (OSError, http.client.HTTPException) as error:
        raise PlatformError(
            f"{name} did not take over its new configuration: {error}",
            where=url,
            fix=f"platformctl logs {name}",
        ) from error
    if not 200 <= status < 300:
        reason = body.strip() or f"it answers {status}"
        raise PlatformError(
            f"{name} refuses its new configuration and keeps the old one: {reason}",
            where=url,
            fix="platformctl check",
        )


def _request(method: str, url: str, *, timeout_s: float) -> tuple[int, str]:
    """The status and the text of an answer; loopback only, so no proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request(
            method, parts.path or "/", headers={"Content-Length": "0"} if method == "POST" else {}
        )
        answer = connection.getresponse()
        return answer.status, answer.read(16_384).decode(errors="replace")
    finally:
        connection.close()
