"""The stages of a log pipeline, in the one order that is safe, for whichever agent runs them.

Secrets are replaced before any field is read: a secret in a field would otherwise leave as a label or as
structured metadata. What becomes the Loki tenant is checked for its shape: it may come from outside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, TypeAlias

from platformctl.model.logs import LEVELS, TENANT, LogPipeline, Multiline, Redaction

Value: TypeAlias = str | int | float | Mapping[str, str]

_TENANT: Final = f"^(?P<valid_tenant>{TENANT})$"
_SERVICE_OF_FILE: Final = r"(?:^|/)(?P<service_of_file>[^/]+)\.log$"
_LEVEL_OF_LOGFMT: Final = r"(?:^|\s)level=(?P<level>[a-zA-Z]+)"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its kind and its settings, by Promtail's names; `names` where it is a plain list.

    stages: those that run on the lines that a ``match`` selects.
    """

    kind: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


def stages(pipeline: LogPipeline) -> Iterator[Stage]:
    """Join, drop, thin out, redact, read, default, label."""
    only = _Selector(pipeline.environment)
    yield Stage("static_labels", {"environment": pipeline.environment})
    if pipeline.multiline:
        yield _multiline(pipeline.multiline)
    for drop in pipeline.drops:
        reason = drop.name.replace("-", "_")
        step = Stage("drop", {"expression": drop.pattern, "drop_counter_reason": reason})
        yield only.with_words(drop.only_with, (step,))
    for sample in pipeline.samples:
        yield only.with_pattern(sample.pattern, (Stage("sampling", {"rate": sample.share}),))
    for words, group in groupby(pipeline.redactions, key=lambda redaction: redaction.only_with):
        yield from only.each_with_words(words, tuple(_replace(redaction) for redaction in group))
    yield Stage("regex", {"source": "filename", "expression": _SERVICE_OF_FILE})
    yield only.with_words(("level=",), (Stage("regex", {"expression": _LEVEL_OF_LOGFMT}),))
    yield Stage("json", {"expressions": {name: _quoted(path) for name, path in _fields(pipeline).items()}})
    written = str(pipeline.timestamp_format)
    yield Stage("timestamp", {"source": "timestamp", "format": written, "action_on_failure": "fudge"})
    yield _template("level", _level())
    yield _template("service", _service(pipeline))
    yield Stage("regex", {"source": "tenant", "expression": _TENANT})
    yield _template("tenant", f'{{{{ or .valid_tenant "{pipeline.default_tenant}" }}}}')
    yield Stage("labels", dict.fromkeys(pipeline.labels, ""))
    if pipeline.structured_metadata:
        yield Stage("structured_metadata", dict.fromkeys(pipeline.structured_metadata, ""))
    yield Stage("tenant", {"source": "tenant"})
    yield Stage("labeldrop", names=("filename",))


@dataclass(frozen=True, slots=True)
class _Selector:
    """Runs stages only on lines with certain words: Go's regular expressions are slow, finding a word is not."""

    environment: str

    def with_words(self, words: tuple[str, ...], steps: tuple[Stage, ...]) -> Stage:
        """One stage that runs `steps` on lines with any of the words; without words, the only step itself."""
        if not words:
            return steps[0]
        any_of = "|".join(re.escape(word) for word in words)
        return self.with_pattern(f"(?i)(?:{any_of})", steps)

    def with_pattern(self, pattern: str, steps: tuple[Stage, ...]) -> Stage:
        """One stage that runs `steps` on lines in which the pattern is found."""
        selector = f'{{environment="{self.environment}"}} |~ {json.dumps(pattern, ensure_ascii=False)}'
        return Stage("match", {"selector": selector}, stages=steps)

    def each_with_words(self, words: tuple[str, ...], steps: tuple[Stage, ...]) -> tuple[Stage, ...]:
        """As `with_words`, for any number of steps."""
        return (self.with_words(words, steps),) if words else steps


def _multiline(rule: Multiline) -> Stage:
    wait = str(rule.max_wait)
    return Stage("multiline", {"firstline": rule.first, "max_lines": rule.max_lines, "max_wait_time": wait})


def _service(pipeline: LogPipeline) -> str:
    """What the line says, then what the pipeline says, then where the line was found."""
    otherwise = _quoted(pipeline.service) if pipeline.service else ".service_of_file .container_name"
    return f"{{{{ or .Value {otherwise} }}}}"


def _replace(redaction: Redaction) -> Stage:
    return Stage("replace", {"expression": redaction.pattern, "replace": redaction.replacement})


def _fields(pipeline: LogPipeline) -> dict[str, str]:
    """Which field of the line gives which name; the four that the stages use have fixed names."""
    wanted = {name: pipeline.path(name) for name in (*pipeline.labels, *pipeline.structured_metadata)}
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
    branches = " else ".join(
        f"if eq $level {' '.join(_quoted(spelling) for spelling in spellings)} }}}}{level}{{{{"
        for level, spellings in LEVELS.items()
    )
    return f'{{{{ $level := ToLower (default "" .Value) }}}}{{{{ {branches} else }}}}unknown{{{{ end }}}}'
