"""What is asked from outside, as somebody who depends on it would ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from platformctl.errors import DefinitionError

JOB: Final = "blackbox"
EXPORTER: Final = "blackbox-exporter"


class Probe:
    """One address that is asked."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """What tells it from the others: the instance of its series."""
        raise NotImplementedError

    def tells_of(self, components: Collection[str]) -> bool:
        """Whether an answer means that one of these components serves."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentProbe(Probe):
    """A GET of `path` at a component of this deployment, where it runs; its name is the instance.

    tls: whether the port speaks TLS with a certificate that nobody outside has signed.
    """

    component: str
    port: str
    path: str = "/"
    tls: bool = False

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise DefinitionError(
                f"the probe of {self.component!r} asks for {self.path!r}", fix=f"/{self.path}"
            )

    @property
    def name(self) -> str:
        return self.component

    def tells_of(self, components: Collection[str]) -> bool:
        return self.component in components


@dataclass(frozen=True, kw_only=True, slots=True)
class UrlProbe(Probe):
    """A GET of an address as users know it, its certificate included; the URL is the instance.

    serves_tenants: what answers there is what tenants' requests go to, and no other page of yours.
    """

    url: str
    serves_tenants: bool = False

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise DefinitionError(f"{self.url!r} cannot be probed", fix="begin it with https://")

    @property
    def name(self) -> str:
        return self.url

    def tells_of(self, components: Collection[str]) -> bool:
        return self.serves_tenants and bool(components)
