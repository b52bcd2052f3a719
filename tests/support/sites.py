"""Sites made by hand: where the components of a platform would live, with ports from 19000 on."""

from __future__ import annotations

from collections.abc import Iterable

from platformctl.model.component import Component
from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site


def native_site(
    platform: Platform,
    *,
    without: Iterable[str] = (),
    secrets: Iterable[str] = (),
    ports: dict[str, int] | None = None,
) -> Site:
    """A native-like site that has every component but those in `without`.

    ports: chosen numbers as ``{"prometheus:http": 41233}``; others count up from 19000.
    """
    absent = frozenset(without)
    here = [c for c in platform.components if c.name not in absent]
    chosen = ports or {}
    numbers = {
        f"{c.name}:{p.name}": 19000 + at for at, (c, p) in enumerate((c, p) for c in here for p in c.ports)
    }
    numbers |= chosen
    return Site(
        runtime=RuntimeName.NATIVE,
        places={c.name: _place(c, numbers) for c in here},
        secrets_folder="secrets",
        secrets=frozenset(secrets),
    )


def _place(component: Component, numbers: dict[str, int]) -> Place:
    addresses = {p.name: f"127.0.0.1:{numbers[f'{component.name}:{p.name}']}" for p in component.ports}
    return Place(
        listen=addresses,
        reach=addresses,
        published=addresses,
        config=f"current/{component.config[0]}" if component.config else "current",
        data=f"data/{component.name}",
        release="current",
    )
