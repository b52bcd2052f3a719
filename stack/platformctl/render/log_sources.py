"""Where an agent finds the lines: files of programs, and the files that the engine keeps of containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.logs import ContainerSource, FileSource, Source
from platformctl.model.site import RuntimeName, Site
from platformctl.render.log_stage import Stage

LOG_FOLDER: Final = "logs"
CONTAINER_LOGS: Final = "/var/lib/docker/containers"
"""Docker's, in the agent's container; who may read it need not have the engine's socket."""

ENGINE_LABELS: Final = ("com.docker.compose.project", "com.docker.compose.service")
"""Labels of a container that the engine is to write beside each of its lines."""

UNWRAPPED: Final = ("container_name", "engine_project")
"""Labels that lines of containers bear until the end of the pipeline."""


def source_path(source: Source, site: Site) -> str:
    """The files' glob; empty where they are not: containers write no files, and absent components nothing."""
    is_native = site.runtime is RuntimeName.NATIVE
    match source:
        case FileSource(component="", glob=glob):
            return f"{LOG_FOLDER}/{glob}" if is_native else ""
        case FileSource(component=component, glob=glob):
            return f"{site.places[component].data}/{glob}" if site.has(component) else ""
        case ContainerSource():
            return "" if is_native else f"{CONTAINER_LOGS}/*/*-json.log"


def unwrapped(source: ContainerSource) -> Iterator[Stage]:
    """The line out of the engine's JSON, with its time and its container; other projects' lines are dropped."""
    project, service = (f'attrs."{label}"' for label in ENGINE_LABELS)
    fields = {
        "engine_line": "log",
        "engine_time": "time",
        "engine_project": project,
        "container_name": service,
    }
    yield Stage("json", {"expressions": fields})
    yield Stage("labels", {"engine_project": "", "container_name": ""})
    selector = f'{{engine_project!="{source.project}"}}'
    yield Stage("match", {"selector": selector, "action": "drop", "drop_counter_reason": "other_project"})
    yield Stage("timestamp", {"source": "engine_time", "format": "RFC3339Nano"})
    yield Stage("template", {"source": "engine_line", "template": r'{{ TrimSuffix .Value "\n" }}'})
    yield Stage("output", {"source": "engine_line"})
