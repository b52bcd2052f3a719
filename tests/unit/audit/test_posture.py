"""The rules of `platformctl audit`: a sound component passes all of them, and each has a mutant that it alone finds."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace

import pytest
import yaml

from platformctl.app.audit import judged, of_root
from platformctl.checks._posture import RULES
from platformctl.model.artifact import Artifact
from platformctl.model.posture import Confinement, Workload
from platformctl.sinks.compose.containers import workload
from platformctl.sinks.native import sockets
from platformctl.sources import posture

SERVICE: dict[str, object] = {
    "image": "prom/prometheus:v3.13.5",
    "user": "65534",
    "ports": ["127.0.0.1:9090:9090"],
    "volumes": [
        "${PLATFORMCTL_LIVE:-.}/prometheus:/etc/platformctl/prometheus:ro",
        "prometheus-data:/prometheus",
    ],
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "read_only": True,
    "mem_limit": "256m",
    "logging": {"driver": "json-file", "options": {"max-size": "10m"}},
}
MUTANTS: dict[str, tuple[dict[str, object], str]] = {
    "a port on every address": ({"ports": ["0.0.0.0:9090:9090"]}, "exposed-port"),
    "a port without an address": ({"ports": ["9090:9090"]}, "exposed-port"),
    "a port on IPv6": ({"ports": ["[::]:9090:9090"]}, "exposed-port"),
    "a port on the network": ({"ports": ["192.0.2.7:9090:9090"]}, "exposed-port"),
    "root by number": ({"user": "0:0"}, "root-user"),
    "root by name": ({"user": "root"}, "root-user"),
    "nobody named": ({"user": ""}, "root-user"),
    "capabilities kept": ({"cap_drop": ["NET_RAW"]}, "capabilities"),
    "a capability added": ({"cap_add": ["SYS_PTRACE"]}, "capabilities"),
    "a root that can be written": ({"read_only": False}, "writable-root"),
    "new privileges": ({"security_opt": []}, "new-privileges"),
    "new privileges, said so": ({"security_opt": ["no-new-privileges:false"]}, "new-privileges"),
    "privileged": ({"privileged": True}, "privileged"),
    "the host's network": ({"network_mode": "host"}, "host-namespace"),
    "the host's processes": ({"pid": "host"}, "host-namespace"),
    "the engine's socket": ({"volumes": ["/var/run/docker.sock:/var/run/docker.sock:ro"]}, "engine-socket"),
    "no tag": ({"image": "registry:5000/prometheus"}, "unpinned-image"),
    "latest": ({"image": "prom/prometheus:latest"}, "unpinned-image"),
    "no memory limit": ({"mem_limit": None}, "no-memory-limit"),
    "a log without end": ({"logging": {"driver": "json-file"}}, "endless-log"),
}


def found(of: Workload) -> set[str]:
    """The names of the rules that find something."""
    return {rule.name for rule in RULES if list(rule.ask(of))}


def defined(changes: dict[str, object]) -> Workload:
    """The sound service with changes, as it is read from a compose file."""
    service = {key: value for key, value in {**SERVICE, **changes}.items() if value is not None}
    text = yaml.safe_dump({"services": {"prometheus": service}})
    (one,) = posture.workloads({"docker-compose.yml": Artifact("docker-compose.yml", text.encode())})
    return one


def test_a_sound_service_passes_every_rule() -> None:
    assert found(defined({})) == set()
    assert found(defined({"image": "prom/prometheus@sha256:0f0f"})) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_each_weakness_is_found_by_its_rule_and_by_no_other(name: str) -> None:
    changes, rule = MUTANTS[name]
    assert found(defined(changes)) == {rule}


def test_every_rule_has_a_mutant() -> None:
    assert {rule for _, rule in MUTANTS.values()} == {rule.name for rule in RULES}


CONFINED = Confinement(
    image="a/b:1",
    user="65534",
    mounts=("/srv/live",),
    dropped=("ALL",),
    security=("no-new-privileges:true",),
    read_only=True,
    has_memory_limit=True,
    rotates_logs=True,
)
SOUND = Workload(
    name="one",
    listens=("127.0.0.1:9090", "[::1]:9090"),
    confinement=CONFINED,
)
INSPECTED = {
    "Id": "0123456789abcdef",
    "RestartCount": 0,
    "State": {"Status": "running"},
    "Config": {"Image": "a/b:1", "User": "65534", "Labels": {"io.platformctl.unit": "one"}},
    "Mounts": [{"Source": "/srv/live"}],
    "HostConfig": {
        "PortBindings": {
            "9090/tcp": [{"HostIp": "127.0.0.1", "HostPort": "9090"}, {"HostIp": "::1", "HostPort": "9090"}]
        },
        "CapAdd": None,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true"],
        "ReadonlyRootfs": True,
        "Privileged": False,
        "NetworkMode": "platformctl_default",
        "PidMode": "",
        "Memory": 268435456,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}},
    },
}


def test_what_the_engine_tells_of_a_container_is_read_whole() -> None:
    read = workload(json.loads(json.dumps(INSPECTED)))
    assert read.confinement == SOUND.confinement
    assert found(read) == set()


def test_the_engine_publishes_a_port_without_an_address_on_all_of_them() -> None:
    host = {**INSPECTED["HostConfig"], "PortBindings": {"1/tcp": [{"HostIp": "", "HostPort": "1"}]}}  # type: ignore[dict-item]
    read = workload(json.loads(json.dumps({**INSPECTED, "HostConfig": host})))
    assert found(read) == {"exposed-port"}


def test_local_processes_of_root_are_one_finding_as_one_account_mends_them_all() -> None:
    one = replace(SOUND, confinement=None)
    assert list(of_root((one,), "running")) == []
    two = replace(one, name="two", as_root=True)
    (finding,) = of_root((one, two, replace(two, name="three")), "running")
    assert (finding.rule, finding.what) == ("root-user", "runs as root on this machine: two, three")


def test_what_a_definition_accepts_is_told_with_its_reason() -> None:
    rooted = replace(SOUND, confinement=replace(CONFINED, user="0"))
    (finding,) = judged((rooted,), "running", {"one": {"root-user": "the kernel's log is root's"}})
    assert finding.accepted == "the kernel's log is root's"
    (finding,) = judged((rooted,), "running", {"two": {"root-user": "no business of one"}})
    assert finding.accepted == ""


@pytest.mark.parametrize(
    ("family", "bind", "shown"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0", "0.0.0.0"),
        (socket.AF_INET6, "::1", "[::1]"),
    ],
)
def test_the_kernel_is_asked_what_a_process_listens_on(family: int, bind: str, shown: str) -> None:
    try:
        listener = socket.socket(family)
        listener.bind((bind, 0))
    except OSError:
        pytest.skip(f"this machine has no {bind}")
    with listener:
        port = listener.getsockname()[1]
        assert f"{shown}:{port}" not in sockets.listened([os.getpid()])
        listener.listen()
        assert f"{shown}:{port}" in sockets.listened([os.getpid()])
