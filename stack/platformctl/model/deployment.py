"""How much of the stack is deployed, and how large."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from platformctl.errors import DefinitionError
from platformctl.model.component import Component, Profile


class Size(StrEnum):
    """For how many tenants and series: memory, CPUs, history and limits follow (`platformctl.model.sizes`)."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


_RANKS = {Profile.MINIMAL: 0, Profile.STANDARD: 1, Profile.DEMO: 1, Profile.FULL: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """``DEPLOYMENT`` of a workspace.

    profile: minimal (metrics, rules and alerts), standard (dashboards, logs, databases, probes, tenants' access, and
    the demo where it is wanted), full (what needs the container engine itself).
    """

    profile: Profile = Profile.FULL
    size: Size = Size.SMALL

    def __post_init__(self) -> None:
        if self.profile is Profile.DEMO:
            raise DefinitionError("demo is no profile of its own", fix="Profile.STANDARD, and deploy --demo")

    def has(self, component: Component) -> bool:
        """Whether the component is part of the profile."""
        return _RANKS[component.profile] <= _RANKS[self.profile]
