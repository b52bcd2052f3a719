"""The units of a release, whichever runtime runs them: their order and their fingerprints."""

from __future__ import annotations

import graphlib
import hashlib
from collections.abc import Iterable, Mapping

from platformctl.errors import DefinitionError
from platformctl.model.artifact import Artifact, digest
from platformctl.model.component import Component
from platformctl.model.release import Unit


def start_order(components: Iterable[Component]) -> tuple[Component, ...]:
    """The components, each after those it needs, otherwise as they came.

    Needs that are not among `components` are ignored. Raises `DefinitionError` for needs that go in a circle.
    """
    by_name = {component.name: component for component in components}
    graph = {
        name: [need for need in component.needs if need in by_name] for name, component in by_name.items()
    }
    try:
        names = tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = " needs ".join(reversed(error.args[1]))
        raise DefinitionError(
            f"components need each other in a circle: {circle}", fix="remove one of these needs"
        ) from None
    return tuple(by_name[name] for name in names)


def units(
    components: Iterable[Component], processes: Mapping[str, str], files: Mapping[str, Artifact]
) -> tuple[Unit, ...]:
    """The units of `components` in start order.

    processes: by component, the runtime's own text of all that takes a restart to change.
    files: the files of the release by path.
    """
    return tuple(
        Unit(
            name=component.name,
            process=hashlib.sha256(processes[component.name].encode()).hexdigest()[:16],
            config=digest(_config_files(component, files)),
            reloads=component.reload is not None,
            needs=tuple(need for need in component.needs if need in processes),
        )
        for component in start_order(components)
    )


def _config_files(component: Component, files: Mapping[str, Artifact]) -> Iterable[Artifact]:
    folders = tuple(f"{folder}/" for folder in component.config)
    return (artifact for path, artifact in files.items() if path.startswith(folders))
