"""Who gets which report: ``slas/delivery.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

from platformctl.errors import DefinitionError
from platformctl.sla.delivery import Delivery, Hook, HookFormat, Mail, MailServer, Security
from platformctl.sources import documents
from platformctl.sources.documents import Json

DELIVERY: Final = "slas/delivery.yml"


def load_delivery(root: Path, tenants: frozenset[str]) -> Delivery:
    """Who gets what; raises `DefinitionError` for an unknown tenant and for mail without a server."""
    document = documents.read(root / DELIVERY, schema_name="delivery", shown=DELIVERY)
    server = cast(dict[str, Json] | None, document.get("smtp"))
    found = Delivery(
        server=_server(server, root) if server else None,
        mails=tuple(
            Mail(to=tuple(cast(list[str], entry["to"])), tenant=str(entry.get("tenant", "")))
            for entry in _entries(document, "mail")
        ),
        hooks=tuple(
            Hook(
                url_file=root / str(entry["url_file"]),
                format=HookFormat(str(entry["format"])),
                tenant=str(entry.get("tenant", "")),
            )
            for entry in _entries(document, "webhooks")
        ),
    )
    if unknown := sorted(found.tenants - tenants):
        raise DefinitionError(f"unknown tenants: {', '.join(unknown)}", where=DELIVERY)
    if found.mails and found.server is None:
        raise DefinitionError(
            "there is mail to send and no smtp", where=DELIVERY, fix="name the server: smtp:"
        )
    return found


def _server(entry: dict[str, Json], root: Path) -> MailServer:
    password, authorities = entry.get("password_file"), entry.get("ca_file")
    return MailServer(
        host=str(entry["host"]),
        port=cast(int, entry["port"]),
        security=Security(str(entry["security"])),
        sender=str(entry["from"]),
        user=str(entry.get("user", "")),
        password_file=root / str(password) if password else None,
        ca_file=root / str(authorities) if authorities else None,
    )


def _entries(document: dict[str, Json], key: str) -> list[dict[str, Json]]:
    return cast(list[dict[str, Json]], document.get(key, []))
