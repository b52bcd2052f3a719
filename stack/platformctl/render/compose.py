"""``docker-compose.yml``: the stack as containers, for compose v2 and later and for docker-compose 1.29.

The file is complete in itself: a person can run ``docker compose up`` in the folder of a release. Three
variables move it into a state folder, and have defaults for when nobody does:

    PLATFORMCTL_LIVE      where the configuration folders are mounted from (the release folder itself)
    PLATFORMCTL_SECRETS   where the secret files are (``./secrets``)
    PLATFORMCTL_STATE     the state folder that the containers belong to (none)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact, digest
from platformctl.model.component import Build, Component, Container, HttpHealth, Image, Network
from platformctl.model.platform import Platform
from platformctl.model.release import Unit
from platformctl.model.site import Site
from platformctl.render import units as unit_rendering
from platformctl.render._yaml import yaml_artifact
from platformctl.render.log_sources import ENGINE_LABELS

PROJECT: Final = "platformctl"
PATH: Final = "docker-compose.yml"
SECRETS_FOLDER: Final = "/run/secrets"

LABEL_UNIT: Final = "io.platformctl.unit"
LABEL_STATE: Final = "io.platformctl.state"
LABEL_PROCESS: Final = "io.platformctl.process"
LABEL_NEEDS: Final = "io.platformctl.needs"
LABEL_CONFIG: Final = "io.platformctl.config"
LABEL_RELOAD: Final = "io.platformctl.reload"

Section: TypeAlias = dict[str, object]

# Without masquerading nothing gets out of this machine, and published ports still get in; an "internal" network
# would close both ways.
_CLOSED: Final[Section] = {"driver_opts": {"com.docker.network.bridge.enable_ip_masquerade": "false"}}
_NETWORKS: Final[Mapping[Network, Section]] = {
    Network.EDGE: {},
    Network.APP: _CLOSED,
    Network.DATA: _CLOSED,
    Network.MONITORING: {},
}

_GRACE: Final = "30s"
_DEFAULT_ROOT: Final = "/etc/platformctl"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The compose file, the project name for whoever runs it by hand, and a note on the secrets it needs."""
    parts = tuple(_parts(platform, site))
    processes = {unit.name: unit.process for unit in units(platform, site, {})}
    services = {c.name: _service(platform, site, c, container, processes[c.name]) for c, container in parts}
    document: Section = {"services": services}
    volumes: Section = {volume(component.name): {} for component, container in parts if container.data_path}
    used = {network for component, _ in parts for network in component.networks}
    document["networks"] = {str(network): dict(_NETWORKS[network]) for network in Network if network in used}
    if volumes:
        document["volumes"] = volumes
    secrets = [
        (component.name, container.user, name)
        for component, container in parts
        for name in secrets_of(platform, site, component)
    ]
    if secrets:
        document["secrets"] = {
            _secret(unit, name): {"file": f"${{PLATFORMCTL_SECRETS:-./secrets}}/{unit}/{name}"}
            for unit, _, name in secrets
        }
        yield _secrets_note(secrets)
    yield yaml_artifact(PATH, document)
    yield Artifact(".env", f"COMPOSE_PROJECT_NAME={PROJECT}\n".encode())


def units(platform: Platform, site: Site, files: Mapping[str, Artifact]) -> tuple[Unit, ...]:
    """The containers of the stack as units, in start order."""
    parts = tuple(_parts(platform, site))
    texts = {
        component.name: _process_text(platform, site, component, container) for component, container in parts
    }
    return unit_rendering.units((component for component, _ in parts), texts, files)


def root(component: Component) -> str:
    """The folder in the container below which the configuration folders are mounted."""
    configured = component.container.config_path if component.container else ""
    return configured or _DEFAULT_ROOT


def folders(component: Component) -> tuple[str, ...]:
    """The top folders of the release that the component's container sees; its build context is in its image."""
    image = component.container.image if component.container else None
    built = image.context if isinstance(image, Build) else None
    return tuple(sorted({path.partition("/")[0] for path in component.config if path != built}))


def volume(component: str) -> str:
    """The name that the compose file has for the volume of a component's data."""
    return f"{component}-data"


def images(components: Iterable[Component]) -> tuple[str, ...]:
    """The published images that the components need, sorted; our own are built."""
    return tuple(
        sorted(
            {
                str(c.container.image)
                for c in components
                if c.container and isinstance(c.container.image, Image)
            }
        )
    )


def secrets_of(platform: Platform, site: Site, component: Component) -> tuple[str, ...]:
    """The secrets its container gets: its own, and for Alertmanager those of the receivers that exist."""
    names = set(component.secrets)
    if "alertmanager" in component.config:
        names |= platform.oncall.secrets & site.secrets
    return tuple(sorted(names))


def _parts(platform: Platform, site: Site) -> Iterator[tuple[Component, Container]]:
    for component in platform.components:
        if component.container and site.has(component.name):
            yield component, component.container


def _process_text(platform: Platform, site: Site, component: Component, container: Container) -> str:
    """Everything that takes a new container to change, the build context of our own images included."""
    text = json.dumps(_definition(platform, site, component, container), sort_keys=True)
    if isinstance(container.image, Build):
        below = f"{container.image.context}/"
        text += digest(artifact for artifact in platform.builds if artifact.path.startswith(below))
    return text


def _service(
    platform: Platform, site: Site, component: Component, container: Container, process: str
) -> Section:
    labels = {
        LABEL_UNIT: component.name,
        LABEL_STATE: "${PLATFORMCTL_STATE:-}",
        LABEL_PROCESS: process,
        LABEL_NEEDS: " ".join(need for need in component.needs if site.has(need)),
        LABEL_CONFIG: " ".join(folders(component)),
        LABEL_RELOAD: _reload_url(site, component),
    }
    shown = {name: text for name, text in labels.items() if text}
    return {**_definition(platform, site, component, container), "labels": shown}


def _definition(platform: Platform, site: Site, component: Component, container: Container) -> Section:
    service: Section = {
        **_image(container),
        "user": container.user,
        "command": [_literal(site.fill(component.name, text)) for text in container.command],
        "environment": {
            name: _literal(site.fill(component.name, text))
            for name, text in sorted(container.environment.items())
        },
        "depends_on": {name: {"condition": "service_healthy"} for name in component.needs if site.has(name)},
        "ports": _ports(site, component),
        "networks": [str(network) for network in component.networks],
        "volumes": [*_mounts(component, container), *_read_mounts(site, component)],
        "devices": [f"{path}:{path}" for path in container.devices],
        "secrets": [
            {"source": _secret(component.name, name), "target": name}
            for name in secrets_of(platform, site, component)
        ],
        "tmpfs": list(container.tmpfs),
        "healthcheck": _health(site, component, container),
        "restart": "unless-stopped",
        "stop_grace_period": _GRACE,
        "mem_limit": f"{container.memory_mb}m",
        "cpus": container.cpus,
        "pids_limit": 512,
        "cap_drop": ["ALL"],
        "cap_add": list(container.added),
        "security_opt": ["no-new-privileges:true"],
        "logging": _logging(),
    }
    if container.read_only:
        service["read_only"] = True
    return {key: value for key, value in service.items() if value not in ("", [], {})}


def _logging() -> Section:
    """Files that turn over, in which each line names its container: so an agent needs no socket."""
    return {
        "driver": "json-file",
        "options": {"max-size": "10m", "max-file": "3", "labels": ",".join(ENGINE_LABELS)},
    }


def _image(container: Container) -> Section:
    if isinstance(container.image, Build):
        return {"image": str(container.image), "build": {"context": f"./{container.image.context}"}}
    return {"image": str(container.image)}


def _ports(site: Site, component: Component) -> list[str]:
    published = site.places[component.name].published
    return [f"{published[p.name]}:{p.number}" for p in component.ports if p.name in published]


def _mounts(component: Component, container: Container) -> list[str]:
    """Whole folders only: a single file, or the ``current`` link, stays pinned to the release it was."""
    mounts = [
        f"${{PLATFORMCTL_LIVE:-.}}/{folder}:{root(component)}/{folder}:ro" for folder in folders(component)
    ]
    if container.data_path:
        mounts.append(f"{volume(component.name)}:{container.data_path}")
    mounts += (f"{path}:{inside}:ro" for path, inside in container.host_paths.items())
    return mounts


def _read_mounts(site: Site, component: Component) -> list[str]:
    """The data of others, at the path that they have it at themselves."""
    return [f"{volume(name)}:{site.places[name].data}:ro" for name in component.reads if site.has(name)]


def _health(site: Site, component: Component, container: Container) -> Section:
    """The component's own command, or one that busybox has; none of them needs a shell."""
    port = site.fill(component.name, f"{{port:{component.health.port}}}")
    if container.health_command:
        command = [_literal(site.fill(component.name, text)) for text in container.health_command]
    elif isinstance(component.health, HttpHealth):
        command = ["wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{port}{component.health.path}"]
    else:
        command = ["nc", "-z", "127.0.0.1", port]
    return {
        "test": ["CMD", *command],
        "interval": "10s",
        "timeout": "5s",
        "retries": 3,
        "start_period": "60s",
    }


def _reload_url(site: Site, component: Component) -> str:
    if component.reload is None:
        return ""
    return f"http://{site.published(component.name, component.reload.port)}{component.reload.path}"


def _secret(unit: str, name: str) -> str:
    """What the compose file calls a secret: each container has its own copy, with its own owner."""
    return f"{unit}.{name}"


def _secrets_note(secrets: list[tuple[str, str, str]]) -> Artifact:
    """secrets: container, its user, and the secret's name."""
    lines = "".join(
        f"    install -D -m 400 -o {user.partition(':')[0]} /path/to/{name} {unit}/{name}\n"
        for unit, user, name in secrets
    )
    text = (
        "# Secrets of this stack\n\n"
        "`platformctl deploy` keeps them elsewhere. To run this folder without it, give every container its own"
        " copies here, which its own user can read and nobody else. As root, in this folder:\n\n"
        f"{lines}\n"
        "A random one: `head -c 24 /dev/urandom | base64 | tr -d '/+=\\n' > NAME`.\n"
    )
    return Artifact("secrets/README.md", text.encode())


def _literal(text: str) -> str:
    """`text` with the dollar signs kept from compose, which would take them for variables."""
    return text.replace("$", "$$")
