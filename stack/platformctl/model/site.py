"""Where one deployment's components live: the recorded input that differs by machine.

The same platform on the same site gives the same bytes. A site holds no absolute path of the
project: paths are relative to the state folder, from which every process is started.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from platformctl.errors import DefinitionError
from platformctl.model.component import PLACEHOLDER


class RuntimeName(StrEnum):
    """How components run."""

    COMPOSE = "compose"
    NATIVE = "native"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where one component lives. The mappings go from port name to ``host:port``.

    listen: what it binds. reach: where other components find it. published: where a person on
    this machine finds it. program: the executable found for it (native only).
    """

    listen: Mapping[str, str]
    reach: Mapping[str, str]
    published: Mapping[str, str]
    config: str
    data: str
    release: str
    program: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A component that is defined but cannot run here, and what to do about it."""

    component: str
    reason: str
    fix: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The places of all components that run here, and those that cannot.

    secrets: names of the secret files that exist; targets whose secret is missing are left out and named.
    notes: what was decided for this machine that a person should know, such as another port than the usual one.
    """

    runtime: RuntimeName
    places: Mapping[str, Place]
    secrets_folder: str
    secrets: frozenset[str] = frozenset()
    python: str = "python3"
    skipped: tuple[Skipped, ...] = field(default=())
    notes: tuple[str, ...] = ()

    def has(self, component: str) -> bool:
        """Whether the component runs in this deployment."""
        return component in self.places

    def reach(self, component: str, port: str) -> str:
        """``host:port`` at which other components find this port."""
        try:
            return self.places[component].reach[port]
        except KeyError:
            raise DefinitionError(f"no component {component!r} with a port {port!r} runs here") from None

    def published(self, component: str, port: str) -> str:
        """``host:port`` at which a person on this machine finds this port."""
        try:
            return self.places[component].published[port]
        except KeyError:
            raise DefinitionError(f"no component {component!r} with a port {port!r} runs here") from None

    def fill(self, component: str, text: str) -> str:
        """`text` with the placeholders of `component` filled in (see `platformctl.model.component`)."""
        place = self.places[component]

        def value(word: str, arguments: list[str]) -> str:
            match word:
                case "config":
                    return place.config
                case "data":
                    return self.places[arguments[0]].data if arguments else place.data
                case "release":
                    return place.release
                case "python":
                    return self.python
                case "listen":
                    return place.listen[arguments[0]]
                case "port":
                    return place.listen[arguments[0]].rpartition(":")[2]
                case "address":
                    return self.reach(*arguments)
                case "retention":
                    return arguments[0]
                case "secret":
                    return f"{self.secrets_folder}/{arguments[0]}"
                case _:
                    raise DefinitionError(f"component {component!r} uses the unknown placeholder {word!r}")

        return PLACEHOLDER.sub(lambda found: value(found[1], found[2].split(":")[1:]), text)
