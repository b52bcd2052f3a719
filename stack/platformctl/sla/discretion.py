"""Texts that people wrote, as one tenant may read them: without the names of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from platformctl.model.tenancy import Tenant

SOMEBODY: Final = "another customer"
_TELLING: Final = re.compile(r"[-0-9]")


def discreet(text: str, reader: Tenant, everybody: Iterable[Tenant]) -> str:
    """The text with the names and ids of other tenants than the reader taken out.

    An id that is a plain word (``late``) is left: it would be taken for one in texts about nobody.
    """
    if not text:
        return text
    lower = text.casefold()
    for other in everybody:
        if other.id == reader.id:
            continue
        for name in _names(other):
            if name.casefold() in lower:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", SOMEBODY, text, flags=re.IGNORECASE)
    return text


def _names(tenant: Tenant) -> Iterator[str]:
    yield tenant.name
    if _TELLING.search(tenant.id):
        yield tenant.id
