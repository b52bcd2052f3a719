"""How log lines travel: from a container or a file, through stages, to Loki."""

from __future__ import annotations

import re
from dataclasses import dataclass

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, days


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSource:
    """Files by glob, relative to the log folder of the deployment."""

    glob: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerSource:
    """The containers of the stack, by the compose project's label."""

    project: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """Text that must not leave the host. `pattern` is an RE2 expression; its first group is replaced."""

    name: str
    pattern: str
    replacement: str = "[redacted]"

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="redaction", like="bearer-token")
        try:
            groups = re.compile(self.pattern).groups
        except re.error as error:
            raise DefinitionError(f"redaction {self.name!r} is not a regular expression: {error}") from error
        if groups == 0:
            raise DefinitionError(
                f"redaction {self.name!r} has no group",
                fix="put the part to be replaced in parentheses",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPipeline:
    """One stream of JSON lines on its way to Loki.

    labels: low-cardinality fields that become stream labels; ids belong in `structured_metadata`.
    tenant_field: the field that names the Loki tenant; lines without it go to `default_tenant`.
    """

    name: str
    sources: tuple[FileSource | ContainerSource, ...]
    labels: tuple[str, ...]
    structured_metadata: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    timestamp_field: str = "timestamp"
    level_field: str = "level"
    message_field: str = "event"
    tenant_field: str = "tenant"
    default_tenant: str = "platform"
    retention: Duration = days(30)

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="log pipeline", like="services")
        if high := {"request_id", "trace_id", "span_id", "user_id"} & set(self.labels):
            raise DefinitionError(
                f"log pipeline {self.name!r} makes a label of {min(high)!r}: one stream per value",
                fix="move it to structured_metadata",
            )
        if len(self.labels) > 15:
            raise DefinitionError(f"log pipeline {self.name!r} has {len(self.labels)} labels; Loki takes 15")
