"""The parts of the stack: what runs, as a container and as a local process.

Arguments, environment and steps are texts with placeholders, filled in from the `Site`:

    {config}               the folder of the component's configuration files
    {data}                 the folder of its data
    {data:NAME}            the folder of another component's data, which it may only read
    {release}              the folder of the release
    {listen:PORT}          host:port to bind
    {port:PORT}            the number alone
    {address:NAME:PORT}    host:port at which it reaches another component
    {secret:NAME}          the path of a secret file
    {python}               the Python interpreter of platformctl (native) or of the image (container)
    {retention:32d}        how long history is kept, as the size says; what follows the colon without a size
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from signal import Signals
from typing import Final, TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.backup import Backup, PrintedCopy, StoppedCopy
from platformctl.model.units import Duration, seconds

PLACEHOLDER: Final = re.compile(r"\{([a-z]+)((?::[a-z0-9_-]+)*)\}")
_ARITY: Final[Mapping[str, tuple[int, ...]]] = {
    "config": (0,), "data": (0, 1), "release": (0,), "python": (0,), "listen": (1,), "port": (1,),
    "secret": (1,), "address": (2,), "retention": (1,),
}  # fmt: skip


class Profile(StrEnum):
    """From which profile on a component is part of a deployment; the demo comes on top of the standard one."""

    MINIMAL = "minimal"
    STANDARD = "standard"
    FULL = "full"
    DEMO = "demo"


class Network(StrEnum):
    """The networks of containers: two that share none cannot reach each other; nothing leaves app and data."""

    EDGE = "edge"  # where requests come in
    APP = "app"  # the services behind it
    DATA = "data"  # databases, and who reads them
    MONITORING = "monitoring"  # what is scraped, and who looks at it


class Scheme(StrEnum):
    """What is spoken on a port."""

    HTTP = "http"
    TCP = "tcp"


@dataclass(frozen=True, kw_only=True, slots=True)
class Port:
    """A named port; `number` is the default on the host, and the fixed one in a container.

    exposed: whether other machines reach it, too.
    """

    name: str
    number: int
    scheme: Scheme = Scheme.HTTP
    exposed: bool = False

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="port", like="http")
        if not 1024 <= self.number <= 65535:
            raise DefinitionError(
                f"port {self.name!r} has the number {self.number}", fix="take one of 1024-65535"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpHealth:
    """Healthy when a GET of `path` answers 2xx."""

    port: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TcpHealth:
    """Healthy when the port accepts a connection."""

    port: str


Health: TypeAlias = HttpHealth | TcpHealth


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpReload:
    """New configuration is taken over by a POST of `path`; an answer other than 2xx is a refusal."""

    port: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scrape:
    """How Prometheus collects the component's metrics; the job has the component's name."""

    port: str
    path: str = "/metrics"
    interval: Duration = seconds(15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A published image, pinned by version."""

    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"

    def __post_init__(self) -> None:
        if self.tag in ("", "latest"):
            raise DefinitionError(f"image {self.repository!r} is not pinned", fix="name a version")


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """An image of our own: the build context is a folder of the release."""

    repository: str
    tag: str
    context: str

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """The component under a container engine.

    config_path and data_path are folders in the container (absolute).
    user: uid, or uid:gid, of the process. memory_mb and cpus: the limits of the smallest size.
    memory_kb_per_series and memory_kb_per_tenant: what comes on top of that (`platformctl.model.sizes`).
    host_paths: what it sees of this machine, read-only, by its path there; devices likewise.
    added: capabilities, where it cannot do without.
    """

    image: Image | Build
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    config_path: str = ""
    data_path: str = ""
    user: str = ""
    memory_mb: int = 256
    memory_kb_per_series: float = 0
    memory_kb_per_tenant: float = 0
    cpus: float = 0.5
    health_command: tuple[str, ...] = ()
    read_only: bool = True
    tmpfs: tuple[str, ...] = ()
    host_paths: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PrepareStep:
    """A command that runs once before the first start, unless the path `creates` exists."""

    argv: tuple[str, ...]
    creates: str
    stdin: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Native:
    """The component as a local process.

    binaries: names, tried in order on PATH and in `search` (globs of folders; ``~`` is the home).
    unprivileged_user: the account it runs as when platformctl runs as root; empty for the caller's own.
    modules: Python modules it needs, for components that run in platformctl's own environment.
    version_argv: arguments that make the binary print its version.
    health_command: succeeds once it is healthy, where its port alone does not tell.
    stop_signal: what asks it to end; SIGKILL follows after `stop_timeout`.
    """

    binaries: tuple[str, ...]
    args: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    prepare: tuple[PrepareStep, ...] = ()
    unprivileged_user: str = ""
    modules: tuple[str, ...] = ()
    version_argv: tuple[str, ...] = ("--version",)
    package: str = ""
    health_command: tuple[str, ...] = ()
    stop_signal: Signals = Signals.SIGTERM
    stop_timeout: Duration = seconds(10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One part of the stack.

    config: folders of the release that it reads; a change there reloads it, or restarts it.
    needs: components that must be healthy before it starts.
    reads: components whose data folder it may read.
    serves_tenants: tenants' requests end here; when no process of these answers, the platform is down for all.
    backup: how its data is copied, where it has any; None for data that nobody would miss.
    networks: those that its container is in.
    accepts: by rule of `platformctl audit`, why this component may break it.
    """

    name: str
    title: str
    ports: tuple[Port, ...]
    health: Health
    container: Container | None = None
    native: Native | None = None
    config: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    reload: HttpReload | None = None
    scrape: Scrape | None = None
    profile: Profile = Profile.STANDARD
    serves_tenants: bool = False
    backup: Backup | None = field(default_factory=StoppedCopy)
    networks: tuple[Network, ...] = (Network.MONITORING,)
    accepts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="component", like="redis-exporter")
        _guard.unique((p.name for p in self.ports), what=f"port of {self.name}")
        if self.container is None and self.native is None:
            raise DefinitionError(
                f"component {self.name!r} can run nowhere", fix="give it a container or a native part"
            )
        for text in texts(self):
            _check_placeholders(self, text)

    def port(self, name: str) -> Port:
        """The port of that name; raises `DefinitionError` for an unknown one."""
        for port in self.ports:
            if port.name == name:
                return port
        raise DefinitionError(f"component {self.name!r} has no port {name!r}")


def texts(component: Component) -> Iterator[str]:
    """Every text of the component that may hold placeholders."""
    if component.container:
        yield from component.container.command
        yield from component.container.environment.values()
        yield from component.container.health_command
    if component.native:
        yield from component.native.args
        yield from component.native.environment.values()
        yield from component.native.health_command
        for step in component.native.prepare:
            yield from (*step.argv, step.creates)
    if isinstance(component.backup, PrintedCopy):
        yield from component.backup.argv


def keeps_data(component: Component) -> bool:
    """Whether it has a folder of its own to write to."""
    has_volume = component.container is not None and bool(component.container.data_path)
    return has_volume or any("{data}" in text for text in texts(component))


def _check_placeholders(component: Component, text: str) -> None:
    for match in PLACEHOLDER.finditer(text):
        word, arguments = match[1], match[2].split(":")[1:]
        if len(arguments) not in _ARITY.get(word, ()):
            raise DefinitionError(
                f"component {component.name!r} uses the unknown placeholder {match[0]!r}",
                fix=f"use one of: {', '.join(sorted(_ARITY))}",
            )
        if word in ("listen", "port"):
            component.port(arguments[0])
        if word == "data" and not set(arguments) <= set(component.reads):
            raise DefinitionError(
                f"component {component.name!r} reads the data of {arguments[0]!r} undeclared",
                fix=f'add reads=("{arguments[0]}",)',
            )
        if word == "secret" and arguments[0] not in component.secrets:
            raise DefinitionError(
                f"component {component.name!r} reads the secret {arguments[0]!r} undeclared"
            )
