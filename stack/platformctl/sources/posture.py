"""The posture of a release, read from what it says: the compose file, or the list of local processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TypedDict

import yaml

from platformctl.model.artifact import Artifact
from platformctl.model.posture import Confinement, Workload
from platformctl.render import compose, native


class _Logging(TypedDict, total=False):
    driver: str
    options: dict[str, str]


class _Service(TypedDict, total=False):
    image: str
    user: str
    ports: list[str]
    volumes: list[str]
    cap_drop: list[str]
    cap_add: list[str]
    security_opt: list[str]
    read_only: bool
    privileged: bool
    network_mode: str
    pid: str
    mem_limit: str
    logging: _Logging


def workloads(files: Mapping[str, Artifact]) -> Iterator[Workload]:
    """The components of a release, in its own order."""
    if compose.PATH in files:
        services: dict[str, _Service] = yaml.safe_load(files[compose.PATH].content)["services"]
        for name, service in services.items():
            yield _of_service(name, service)
    if native.PATH in files:
        for process in native.parse(files).values():
            as_root = os.geteuid() == 0 and not process.user
            yield Workload(name=process.name, listens=tuple(process.ports.values()), as_root=as_root)


def _of_service(name: str, service: _Service) -> Workload:
    options = service.get("logging", {}).get("options", {})
    return Workload(
        name=name,
        listens=tuple(map(_published, service.get("ports", ()))),
        confinement=Confinement(
            image=service.get("image", ""),
            user=str(service.get("user", "")),
            mounts=tuple(text.partition(":")[0] for text in service.get("volumes", ())),
            dropped=tuple(service.get("cap_drop", ())),
            added=tuple(service.get("cap_add", ())),
            security=tuple(service.get("security_opt", ())),
            read_only=service.get("read_only", False),
            privileged=service.get("privileged", False),
            shares_host="host" in (service.get("network_mode"), service.get("pid")),
            has_memory_limit="mem_limit" in service,
            rotates_logs="max-size" in options,
        ),
    )  # fmt: skip


def _published(text: str) -> str:
    """``host:port`` of a published port; compose publishes one without a host on every address."""
    address = text.rpartition(":")[0] or text
    return address if ":" in address else f"0.0.0.0:{address}"
