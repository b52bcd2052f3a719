"""The stages of a log pipeline, in the one order that is safe, for whichever agent runs them.

Secrets are replaced before any field is read: a secret in a field would otherwise leave as a label or as
structured metadata. What becomes the Loki tenant is checked for its shape: it may come from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.logs import LEVELS, OPERATORS, TENANT, LogPipeline, Multiline
from platformctl.render.log_guards import Guards, drop_without, lowered
from platformctl.render.log_sources import UNWRAPPED
from platformctl.render.log_stage import Stage, any_of, quoted

_SERVICE_OF_FILE: Final = r"(?:^|/)(?P<service_of_file>[^/]+)\.log$"
_LEVEL_OF_LOGFMT: Final = r"(?:^|\s)level=(?P<level>[a-zA-Z]+)"
_READ: Final = ("tenant", "service", "level")
_MOST_TENANTS: Final = 10_000  # of whom an agent keeps count at a time
_NOT_COPIED: Final = "not_for_operators"


def stages(pipeline: LogPipeline) -> Iterator[Stage]:
    """The lines on their way to their tenants' own organisations."""
    yield from _read(pipeline)
    yield Stage("tenant", {"label": "tenant"})
    yield from _labelled(pipeline)


def copied_stages(pipeline: LogPipeline) -> Iterator[Stage]:
    """The same files once more, on their way to the operators' organisation; most lines are dropped at once."""
    yield from _read(pipeline, drop_without(_telling_words(pipeline), _NOT_COPIED))
    yield from _precise(pipeline)
    yield Stage("tenant", {"value": OPERATORS})
    yield from _labelled(pipeline)


def forwarded_stages(pipeline: LogPipeline) -> Iterator[Stage]:
    """What is left to do with lines that have come through `stages`, on the way to the operators' organisation."""
    drops = (*lowered(drop_without(_telling_words(pipeline), _NOT_COPIED)), *_precise(pipeline))
    if pipeline.copy and not pipeline.copy.everything:
        yield Stage("match", {"selector": f"{{{_other_levels(pipeline)}}}"}, stages=drops)
    yield Stage("tenant", {"value": OPERATORS})


def _read(pipeline: LogPipeline, first: tuple[Stage, ...] = ()) -> Iterator[Stage]:
    """Join, drop, thin out, redact, read, default, label; `first` sees the line in lower case."""
    guards = Guards.of(pipeline)
    yield Stage("static_labels", {"environment": pipeline.environment})
    if pipeline.multiline:
        yield _multiline(pipeline.multiline)
    yield from lowered((*first, *guards.marks()))
    for drop in pipeline.drops:
        reason = drop.name.replace("-", "_")
        step = Stage("drop", {"expression": drop.pattern, "drop_counter_reason": reason})
        yield from guards.only(drop.only_with, (step,))
    for sample in pipeline.samples:
        selector = f"{guards.every_line} |~ {quoted(sample.pattern)}"
        yield Stage("match", {"selector": selector}, stages=(Stage("sampling", {"rate": sample.share}),))
    yield from guards.redactions(pipeline)
    logfmt = (Stage("regex", {"expression": _LEVEL_OF_LOGFMT}),)
    yield Stage("match", {"selector": f'{guards.every_line} |= "level="'}, stages=logfmt)
    yield Stage("json", {"expressions": {name: f'"{path}"' for name, path in _fields(pipeline).items()}})
    written = str(pipeline.timestamp_format)
    yield Stage("timestamp", {"source": "timestamp", "format": written, "action_on_failure": "fudge"})
    yield Stage("labels", dict.fromkeys(sorted({*_READ, *pipeline.labels}), ""))
    yield from _defaults(pipeline)
    if flood := pipeline.flood:
        yield Stage(
            "limit",
            {
                "rate": flood.lines_per_s,
                "burst": flood.burst,
                "drop": True,
                "by_label_name": "tenant",
                "max_distinct_labels": _MOST_TENANTS,
            },
        )
    if pipeline.structured_metadata:
        yield Stage("structured_metadata", dict.fromkeys(pipeline.structured_metadata, ""))


def _labelled(pipeline: LogPipeline) -> Iterator[Stage]:
    """Only the pipeline's labels are left."""
    others = {"filename", *UNWRAPPED, *_READ, *Guards.of(pipeline).labels} - set(pipeline.labels)
    yield Stage("labeldrop", names=tuple(sorted(others)))


def _defaults(pipeline: LogPipeline) -> Iterator[Stage]:
    """Only for lines that do not say it themselves: a template costs as much as parsing the line."""
    level = _template("level", _level())
    yield _where(f'level!~"{any_of(LEVELS)}"', level, Stage("labels", {"level": ""}))
    file = Stage("regex", {"source": "filename", "expression": _SERVICE_OF_FILE})
    service = _template("service", _service(pipeline))
    yield _where('service=""', file, service, Stage("labels", {"service": ""}))
    yield _where(f'tenant!~"{TENANT}"', Stage("static_labels", {"tenant": pipeline.default_tenant}))


def _where(matcher: str, *steps: Stage) -> Stage:
    return Stage("match", {"selector": f"{{{matcher}}}"}, stages=steps)


def _precise(pipeline: LogPipeline) -> tuple[Stage, ...]:
    """Drops what is neither of the levels nor telling."""
    if not pipeline.copy or pipeline.copy.everything:
        return ()
    filters = "".join(f" !~ {quoted(telling.pattern)}" for telling in pipeline.copy.tellings)
    selector = f"{{{_other_levels(pipeline)}}}{filters}"
    return (Stage("match", {"selector": selector, "action": "drop", "drop_counter_reason": _NOT_COPIED}),)


def _other_levels(pipeline: LogPipeline) -> str:
    return f'level!~"{any_of(pipeline.copy.levels if pipeline.copy else ())}"'


def _telling_words(pipeline: LogPipeline) -> tuple[str, ...]:
    """A line without any of them is not copied; none where all are."""
    copy = pipeline.copy
    if not copy or copy.everything:
        return ()
    spellings = (spelling for level in copy.levels for spelling in LEVELS[level])
    return (*spellings, *(word for telling in copy.tellings for word in telling.only_with))


def _multiline(rule: Multiline) -> Stage:
    wait = str(rule.max_wait)
    return Stage("multiline", {"firstline": rule.first, "max_lines": rule.max_lines, "max_wait_time": wait})


def _service(pipeline: LogPipeline) -> str:
    """What the pipeline says, then where the line was found."""
    otherwise = f'"{pipeline.service}"' if pipeline.service else ".container_name .service_of_file"
    return f"{{{{ or .Value {otherwise} }}}}"


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


def _template(source: str, template: str) -> Stage:
    return Stage("template", {"source": source, "template": template})


def _level() -> str:
    """Lower case, one spelling; what is no level, and a line without one, is ``unknown``."""
    branches = " else ".join(
        f"if eq $level {' '.join(quoted(spelling) for spelling in spellings)} }}}}{level}{{{{"
        for level, spellings in LEVELS.items()
    )
    return f'{{{{ $level := ToLower (default "" .Value) }}}}{{{{ {branches} else }}}}unknown{{{{ end }}}}'
