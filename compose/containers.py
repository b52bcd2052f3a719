"""What tells how the containers are: it sees the engine and the kernel, so it runs in containers' deployments only."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import Component, Container, HttpHealth, Image, Port, Profile, Scrape

CADVISOR: Final = Component(
    name="cadvisor",
    title="cAdvisor",
    profile=Profile.FULL,
    ports=(Port(name="http", number=8098),),
    health=HttpHealth(port="http", path="/healthz"),
    scrape=Scrape(port="http"),
    container=Container(
        image=Image(repository="ghcr.io/google/cadvisor", tag="v0.60.6"),
        command=(
            "--port={port:http}",
            "--docker_only=true",
            "--store_container_labels=false",
            "--housekeeping_interval=10s",
            "--disable_metrics=advtcp,cpu_topology,cpuset,hugetlb,memory_numa,percpu,process,referenced_memory,resctrl,sched,tcp,udp",
        ),
        user="0",
        memory_mb=256,
        # Of the host's files it reads these and no others; out-of-memory kills are in the kernel's log.
        host_paths={
            "/sys": "/sys",
            "/var/lib/docker": "/var/lib/docker",
            "/var/run/docker.sock": "/var/run/docker.sock",
        },
        devices=("/dev/kmsg",),
        added=("DAC_READ_SEARCH", "SYSLOG"),
    ),
    accepts={
        "root-user": "the engine's socket and the kernel's log are root's",
        "capabilities": "it reads other users' files and the kernel's log",
        "engine-socket": "names of containers come from the engine; leave it out with the standard profile",
    },
)

COMPONENTS: Final = (CADVISOR,)
