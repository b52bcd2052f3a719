"""The stages of a log pipeline, in the one order that is safe, for whichever agent runs them.

Secrets are replaced before any field is read: a secret in a field would otherwise leave as a label or as
structured metadata. What becomes the Loki tenant is checked for its shape: it may come from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from platformctl.model.logs import LogPipeline

Value: TypeAlias = str | Mapping[str, str]

_TENANT_SHAPE: Final = "^[a-z][a-z0-9-]{0,62}$"
_SERVICE_OF_FILE: Final = r"(?:^|/)(?P<service_of_file>[^/]+)\.log$"
_LEVEL_OF_LOGFMT: Final = r"(?:^|\s)level=(?P<level>[a-zA-Z]+)"
_KNOWN_LEVELS: Final = "^(debug|info|warning|error|critical)$"
_LEVEL_SPELLINGS: Final = (("warn", "warning"), ("err", "error"), ("fatal", "critical"), ("trace", "debug"))


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its kind and its settings, by Promtail's names; `names` where it is a plain list."""

    kind: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[str, ...] = ()


def stages(pipeline: LogPipeline) -> Iterator[Stage]:
    """Drop, redact, read, default, label."""
    for drop in pipeline.drops:
        yield Stage("drop", {"expression": drop.pattern, "drop_counter_reason": drop.name.replace("-", "_")})
    for redaction in pipeline.redactions:
        yield Stage("replace", {"expression": redaction.pattern, "replace": redaction.replacement})
    yield Stage("regex", {"source": "filename", "expression": _SERVICE_OF_FILE})
    yield Stage("regex", {"expression": _LEVEL_OF_LOGFMT})
    yield Stage("json", {"expressions": {name: _quoted(path) for name, path in _fields(pipeline).items()}})
    yield Stage("timestamp", {"source": "timestamp", "format": "RFC3339Nano", "action_on_failure": "fudge"})
    yield _template("level", _level())
    yield _template("service", "{{ or .Value .service_of_file .container_name }}")
    yield _template("tenant", _tenant(pipeline.default_tenant))
    yield Stage("labels", dict.fromkeys(pipeline.labels, ""))
    yield Stage("static_labels", {"environment": pipeline.environment})
    if pipeline.structured_metadata:
        yield Stage("structured_metadata", dict.fromkeys(pipeline.structured_metadata, ""))
    yield Stage("tenant", {"source": "tenant"})
    yield Stage("labeldrop", names=("filename",))


def _fields(pipeline: LogPipeline) -> dict[str, str]:
    """Which field of the line gives which name; the four that the stages use have fixed names."""
    wanted = {name: name for name in (*pipeline.labels, *pipeline.structured_metadata)}
    fixed = {
        "timestamp": pipeline.timestamp_field,
        "level": pipeline.level_field,
        "service": pipeline.service_field,
        "tenant": pipeline.tenant_field,
    }
    return wanted | fixed


def _quoted(path: str) -> str:
    """A JMESPath identifier: quoted, so that a field like ``http.method`` is one name."""
    return f'"{path}"'


def _template(source: str, template: str) -> Stage:
    return Stage("template", {"source": source, "template": template})


def _level() -> str:
    """Lower case, one spelling; what is no level, and a line without one, is ``unknown``."""
    spelled = "".join(
        f'{{{{ if eq $level "{other}" }}}}{{{{ $level = "{ours}" }}}}{{{{ end }}}}'
        for other, ours in _LEVEL_SPELLINGS
    )
    return (
        '{{ $level := ToLower (default "" .Value) }}'
        f"{spelled}"
        f'{{{{ if regexMatch "{_KNOWN_LEVELS}" $level }}}}{{{{ $level }}}}{{{{ else }}}}unknown{{{{ end }}}}'
    )


def _tenant(default: str) -> str:
    valid = f'regexMatch "{_TENANT_SHAPE}" (default "" .Value)'
    return f"{{{{ if {valid} }}}}{{{{ .Value }}}}{{{{ else }}}}{default}{{{{ end }}}}"
