"""Promtail's clients as Alloy's ``loki.write``; their secrets are never copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

from platformctl.render.alloy_syntax import Block, Value
from platformctl.render.promtail_stages import Json, Left, Settings, arguments, mapping

_ENDPOINT: Final = {
    "url": "url", "tenant_id": "tenant_id", "batchwait": "batch_wait", "batchsize": "batch_size",
    "timeout": "remote_timeout", "headers": "headers", "bearer_token_file": "bearer_token_file",
    "name": "name", "proxy_url": "proxy_url", "follow_redirects": "follow_redirects",
}  # fmt: skip
_BACKOFF: Final = {
    "min_period": "min_backoff_period",
    "max_period": "max_backoff_period",
    "max_retries": "max_backoff_retries",
}
_APART: Final = (
    "backoff_config", "basic_auth", "tls_config", "external_labels", "drop_rate_limited_batches", "bearer_token",
)  # fmt: skip
_TLS: Final = ("ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify", "min_version")
_NOT_COPIED: Final = "a secret is not copied: write it to a file, and name the file in"


def writers(document: Settings, left: Left) -> Iterator[Block]:
    """One for each client."""
    old = [document["client"]] if document.get("client") else []
    clients = [*old, *cast("list[Json]", document.get("clients") or [])]
    for index, client in enumerate(map(mapping, clients)):
        name = label(str(client.get("name") or ("default" if index == 0 else f"client_{index}")))
        external = mapping(client.get("external_labels"))
        outer: dict[str, Value] = {"external_labels": texts(external)} if external else {}
        yield Block("loki.write", outer, (_endpoint(client, f"client {name}", left),), label=name)


def _endpoint(client: Settings, where: str, left: Left) -> Block:
    plain = {name: value for name, value in client.items() if name not in _APART}
    settings = arguments(plain, tuple(_ENDPOINT), where, left, _ENDPOINT)
    if isinstance(size := settings.get("batch_size"), int):
        settings["batch_size"] = f"{size}B"
    backoff = mapping(client.get("backoff_config"))
    settings |= arguments(backoff, tuple(_BACKOFF), f"{where}, backoff_config", left, _BACKOFF)
    if client.get("drop_rate_limited_batches"):
        settings["retry_on_http_429"] = False
    if client.get("bearer_token"):
        left.out(f"{where}, bearer_token", f"{_NOT_COPIED} bearer_token_file")
    return Block("endpoint", settings, tuple(_access(client, where, left)))


def _access(client: Settings, where: str, left: Left) -> Iterator[Block]:
    basic = mapping(client.get("basic_auth"))
    if basic.pop("password", None):
        left.out(f"{where}, basic_auth.password", f"{_NOT_COPIED} password_file")
    if basic:
        yield Block("basic_auth", arguments(basic, ("username", "password_file"), where, left))
    if tls := mapping(client.get("tls_config")):
        yield Block("tls_config", arguments(tls, _TLS, f"{where}, tls_config", left))


def label(name: str) -> str:
    """A component's label: what Alloy takes for an identifier."""
    word = re.sub(r"[^a-zA-Z0-9_]+", "_", name).strip("_") or "job"
    return f"_{word}" if word[0].isdigit() else word


def texts(settings: Settings) -> dict[str, Value]:
    """The settings with every value as a text."""
    return {name: str(value) for name, value in settings.items()}
