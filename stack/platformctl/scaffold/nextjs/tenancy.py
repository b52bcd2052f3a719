"""How the application knows its tenant: the header, the session cookie, the provider. Guesses, said as such."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from platformctl.scaffold.nextjs.app import Provider
from platformctl.scaffold.nextjs.components import source_files
from platformctl.scaffold.nextjs.exports import Exported, exported
from platformctl.scaffold.nextjs.samples import Sampler, Unknown
from platformctl.scaffold.nextjs.source import Sources

_HEADER: Final = re.compile(
    r"""["'`](x-(?:[a-z]+-)?(?:tenant|org|workspace)(?:-[a-z]+)?)["'`]""", re.IGNORECASE
)
_COOKIE: Final = re.compile(
    r"""cookies(?:\(\))?\)?\.(?:set|get)\(\s*["']([\w.-]*(?:session|token|auth)[\w.-]*)["']"""
)
_COOKIE_NAME: Final = re.compile(r"""COOKIE\w*\s*=\s*["']([\w.-]+)["']""")
# What the adapter's `session` holds, by the name of the field that wants it.
_HINTS: Final[Mapping[str, str]] = {
    "tenant": "session.tenant",
    "organization": "session.tenant",
    "org": "session.tenant",
    "tenantId": "session.tenant.id",
    "tenantName": "session.tenant.name",
    "role": "session.role",
    "flags": "session.tenant.flags",
    "features": "session.tenant.flags",
    "featureFlags": "session.tenant.flags",
}


def find_header(sources: Sources, src: str, contract: str | None) -> tuple[str, str] | None:
    """(header, file) of the header that names the tenant."""
    named = [contract] if contract else []
    for path in [*named, *source_files(sources, [src.rstrip("/")])]:
        found = _HEADER.search(sources.text(path))
        if found:
            return found.group(1), path
    return None


def find_cookie(sources: Sources, src: str) -> str | None:
    """The name of the session cookie."""
    for path in source_files(sources, [src.rstrip("/")]):
        text = sources.text(path)
        found = _COOKIE.search(text) or (_COOKIE_NAME.search(text) if "ookie" in text else None)
        if found:
            return found.group(1)
    return None


def find_provider(sources: Sources, folders: Iterable[str]) -> Provider | None:
    """The exported component that looks most like the one giving the tenant to those below it."""
    found = list[Exported]()
    for path in source_files(sources, folders):
        if "createContext" in (sources.text(path)):
            found += [
                e for e in exported(sources, path) if re.search(r"(Tenant|Org|Workspace)\w*Provider$", e.name)
            ]
    for one in found:
        props = _props(sources, one)
        if props is not None:
            return Provider(name=one.name, file=one.path, props=props)
    return None


def _props(sources: Sources, exported: Exported) -> Mapping[str, str] | None:
    """The provider's props but its children, each with where the adapter takes it from."""
    if exported.props_type is None:
        return None
    sampler = Sampler(sources, hints=_HINTS)
    try:
        fields = sampler.fields(exported.props_type, exported.path)
        return {
            name: _HINTS.get(name) or sampler.of(kind, where, name)
            for name, (kind, where) in fields.items()
            if name != "children"
        }
    except Unknown:
        return None
