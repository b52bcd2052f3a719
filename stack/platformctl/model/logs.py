"""How log lines travel: from a container or a file, through stages, to Loki."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.log_limits import FloodLimit, StreamRetention, TierLimits, check_retention
from platformctl.model.log_patterns import check_words, re2
from platformctl.model.units import Duration, days, seconds

# Loki's own default; each label multiplies the streams.
_MOST_LABELS: Final = 15
_ONE_STREAM_PER_VALUE: Final = frozenset({"request_id", "trace_id", "span_id", "user_id", "session_id"})

TENANT: Final = "[a-z][a-z0-9-]{0,62}"
"""What may be the name of a tenant in Loki; it comes from the line, so perhaps from outside."""

LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "info": ("info",),
    "warning": ("warning", "warn"),
    "error": ("error", "err"),
    "debug": ("debug", "trace"),
    "critical": ("critical", "fatal"),
}
"""The levels and how programs spell them, in lower case."""

OPERATORS: Final = "_operators"
"""The operators' organisation in Loki. No line and no tenant can bear this name: theirs begin with a letter."""


class LogAgent(StrEnum):
    """What reads the lines and brings them to Loki."""

    PROMTAIL = "promtail"
    ALLOY = "alloy"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSource:
    """Files by glob: in the log folder of a native deployment, or in the data folder of a `component`."""

    glob: str
    component: str = ""

    def __post_init__(self) -> None:
        _guard.not_blank(self.glob, what="glob of a file source")
        if self.glob.startswith("/") or ".." in self.glob.split("/"):
            raise DefinitionError(f"file source {self.glob!r} leaves its folder")


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerSource:
    """The containers of the stack, by the compose project's label."""

    project: str

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.project, what="compose project", like="platformctl")


Source: TypeAlias = FileSource | ContainerSource


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """Text that must not leave the host: what the group of `pattern` (RE2) matches is replaced.

    In a JSON line the group must lie within a string, or `replacement` must be valid JSON itself.
    only_with: words, one of which every match contains, in lower case; the agents look for them first,
    which costs a hundredth of trying the pattern. Empty: every line is tried.
    within: a simpler pattern (RE2) that is found wherever `pattern` is, where no word is: it is tried first, and
    costs a fifth, since agents search twice to replace.
    """

    name: str
    pattern: str
    replacement: str = "[redacted]"
    only_with: tuple[str, ...] = ()
    within: str = ""

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="redaction", like="bearer-token")
        if re2(self.pattern, f"redaction {self.name!r}").groups != 1:
            raise DefinitionError(
                f"redaction {self.name!r} does not have exactly one group",
                fix="put the part to be replaced in parentheses, and other groups in (?:...)",
            )
        if "{{" in self.replacement:
            raise DefinitionError(f"the replacement of redaction {self.name!r} is a template")
        check_words(self.only_with, f"redaction {self.name!r}")
        re2(self.within, f"what redaction {self.name!r} is within")


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """Lines that are not worth keeping: those that match `pattern` (RE2) never leave the host.

    only_with: as in `Redaction`.
    """

    name: str
    pattern: str
    why: str
    only_with: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="drop rule", like="health-checks")
        _guard.not_blank(self.why, what=f"reason of drop rule {self.name!r}")
        re2(self.pattern, f"drop rule {self.name!r}")
        check_words(self.only_with, f"drop rule {self.name!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Lines of which a share is enough: of those that match `pattern` (RE2), that share is kept, by chance."""

    name: str
    pattern: str
    share: float
    why: str

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="sampling rule", like="cache-hits")
        _guard.not_blank(self.why, what=f"reason of sampling rule {self.name!r}")
        re2(self.pattern, f"sampling rule {self.name!r}")
        if not 0 < self.share < 1:
            raise DefinitionError(
                f"sampling rule {self.name!r} keeps {self.share:g} of its lines",
                fix="a share lies between 0 and 1; to keep none, write a Drop",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Multiline:
    """Lines that do not match `first` (RE2) belong to the one before: tracebacks, stack dumps, banners."""

    first: str
    max_lines: int = 500
    max_wait: Duration = seconds(1)

    def __post_init__(self) -> None:
        re2(self.first, "the first line of a record")
        if self.max_lines < 2 or not self.max_wait.ms:
            raise DefinitionError(
                "a multi-line rule joins nothing", fix="max_lines of 2 or more, max_wait over 0s"
            )


class TimeFormat(StrEnum):
    """How the time is written in a line."""

    RFC3339 = "RFC3339Nano"
    UNIX = "Unix"


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """Lines worth a copy whatever their level: those in which `pattern` (RE2) is found.

    only_with: words, one of which every match contains, in lower case; the agents look for them first.
    """

    name: str
    pattern: str
    only_with: tuple[str, ...]

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="telling pattern", like="tracebacks")
        re2(self.pattern, f"telling pattern {self.name!r}")
        check_words(self.only_with, f"telling pattern {self.name!r}")
        if not self.only_with:
            raise DefinitionError(f"telling pattern {self.name!r} names no word that every match contains")


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorsCopy:
    """Which lines go to the operators' organisation besides their tenant's own, as redacted as those.

    Rules over log lines are evaluated there, and there operators read across tenants: a line that has one of
    the levels or is telling; or, with `everything`, each line of the pipeline.
    limits: what the organisation takes; of several pipelines the larger count.
    """

    levels: tuple[str, ...] = ("error", "critical")
    tellings: tuple[Telling, ...] = ()
    everything: bool = False
    limits: TierLimits

    def __post_init__(self) -> None:
        _guard.unique((telling.name for telling in self.tellings), what="telling pattern:")
        if unknown := set(self.levels) - LEVELS.keys():
            raise DefinitionError(f"{min(unknown)!r} is no level", fix=f"use of: {', '.join(LEVELS)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPipeline:
    """One stream of JSON lines on its way to Loki. Lines that are no JSON travel too, without fields.

    labels: low-cardinality fields that become stream labels; ids belong in `structured_metadata`.
    fields: where a name of these two is called otherwise in the line: ``{"code": "status"}``.
    service: the service of lines that name none; empty for the name of the file or the container.
    tenant_field: the field that names the Loki tenant; lines without it go to `default_tenant`.
    retention: for lines to which no tier and no stream retention says otherwise.
    tier_limits: by the tier's name; a tenant whose tier has none gets Loki's defaults.
    copy: what operators and rules see of it, across tenants; without one, nothing.
    """

    name: str
    sources: tuple[Source, ...]
    labels: tuple[str, ...]
    structured_metadata: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    drops: tuple[Drop, ...] = ()
    samples: tuple[Sample, ...] = ()
    multiline: Multiline | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    service: str = ""
    timestamp_field: str = "timestamp"
    timestamp_format: TimeFormat = TimeFormat.RFC3339
    level_field: str = "level"
    service_field: str = "service"
    tenant_field: str = "tenant"
    default_tenant: str = "platform"
    retention: Duration = days(30)
    stream_retention: tuple[StreamRetention, ...] = ()
    tier_limits: Mapping[str, TierLimits] = field(default_factory=dict)
    copy: OperatorsCopy | None = None
    flood: FloodLimit | None = None
    environment: str = "production"

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="log pipeline", like="services")
        _guard.matches(_guard.SLUG, self.default_tenant, what="default tenant", like="platform")
        _guard.matches(_guard.SLUG, self.environment, what="environment", like="production")
        fields = (*self.labels, *self.structured_metadata)
        for name in fields:
            _guard.matches(_guard.LABEL_NAME, name, what=f"field of {self.name}", like="request_id")
        _guard.unique(fields, what=f"field of log pipeline {self.name}:")
        _guard.unique((r.name for r in self.redactions), what=f"redaction of {self.name}:")
        if self.service:
            _guard.matches(_guard.SLUG, self.service, what="service", like="gateway")
        if not self.sources:
            raise DefinitionError(f"log pipeline {self.name!r} has no source")
        if high := _ONE_STREAM_PER_VALUE & set(self.labels):
            raise DefinitionError(
                f"log pipeline {self.name!r} makes a label of {min(high)!r}: one stream per value",
                fix="move it to structured_metadata",
            )
        if len(self.labels) > _MOST_LABELS:
            raise DefinitionError(
                f"log pipeline {self.name!r} has {len(self.labels)} labels; Loki takes {_MOST_LABELS}"
            )
        check_retention(self.retention, f"the lines of {self.name}")

    def path(self, name: str) -> str:
        """What a label or a piece of structured metadata is called in the line."""
        return self.fields.get(name, name)
