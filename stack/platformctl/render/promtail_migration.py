"""An existing Promtail file as Alloy's configuration, and an honest list of what has no equivalent in it.

The secrets of the file are never copied: Alloy reads them from files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast

from platformctl.render.alloy_syntax import Block, Reference, Value, dump
from platformctl.render.promtail_clients import label, texts, writers
from platformctl.render.promtail_stages import Left, Settings, arguments, mapping, stage_blocks

_RULE: Final = (
    "source_labels", "separator", "regex", "modulus", "target_label", "replacement", "action",
)  # fmt: skip
_JOB: Final = ("job_name", "pipeline_stages", "relabel_configs")


@dataclass(frozen=True, slots=True)
class Migrated:
    """Alloy's text, and what the Promtail file has that it lacks."""

    text: str
    left_out: tuple[str, ...]


def migrate(document: Settings) -> Migrated:
    """The equivalent of a Promtail file."""
    left = Left()
    blocks = list(_blocks(document, left))
    return Migrated(text=dump(iter(blocks)), left_out=tuple(left.notes))


def _blocks(document: Settings, left: Left) -> Iterator[Block]:
    positions = str(mapping(document.get("positions")).get("filename") or "")
    period = mapping(document.get("target_config")).get("sync_period")
    clients = list(writers(document, left))
    yield from clients
    onward: list[Value] = [Reference(f"loki.write.{writer.label}.receiver") for writer in clients]
    jobs = cast("list[Settings]", document.get("scrape_configs") or [])
    labels: set[str] = set()
    for job in jobs:
        name = _unique(label(str(job.get("job_name") or "job")), labels)
        yield from _job(_Job(job, name, onward, positions, str(period or ""), left))
    _note_rest(document, left)


def _note_rest(document: Settings, left: Left) -> None:
    """What is set by Alloy's command line, or is not there at all."""
    for part, why in (
        ("server", "is set on the command line: alloy run --server.http.listen-addr=127.0.0.1:12345"),
        ("limits_config", "has no equivalent for the agent as a whole; stage.limit limits a pipeline"),
        ("tracing", "is a block of its own: tracing { ... }"),
        ("wal", "is a block of loki.write: wal { enabled = true }"),
        ("options", "is not converted"),
    ):
        if document.get(part):
            left.out(part, why)


@dataclass(frozen=True, slots=True)
class _Job:
    settings: Settings
    label: str
    onward: list[Value]
    positions: str
    period: str
    left: Left

    @property
    def where(self) -> str:
        return f"job {self.settings.get('job_name') or self.label}"

    @property
    def receiver(self) -> list[Value]:
        """Where its lines go first."""
        staged = bool(self.settings.get("pipeline_stages"))
        return [Reference(f"loki.process.{self.label}.receiver")] if staged else self.onward

    @property
    def rules(self) -> tuple[Block, ...]:
        found = cast("list[Settings]", self.settings.get("relabel_configs") or [])
        return tuple(
            Block("rule", arguments(rule, _RULE, f"{self.where}, relabeling", self.left)) for rule in found
        )


def _job(job: _Job) -> Iterator[Block]:
    for name in job.settings:
        if name in _SOURCES:
            yield from _SOURCES[name](job)
        elif name not in _JOB:
            job.left.out(f"{job.where}, {name}", "this way of finding or receiving lines is not converted")
    if job.settings.get("pipeline_stages"):
        stages = tuple(stage_blocks(job.settings["pipeline_stages"], job.where, job.left))
        yield Block("loki.process", {"forward_to": job.onward}, stages, label=job.label)


def _static(job: _Job) -> Iterator[Block]:
    found = cast("list[Settings]", job.settings["static_configs"])
    targets: list[Value] = [texts(mapping(entry.get("labels"))) for entry in found]
    yield from _files(job, targets)


def _found_files(job: _Job) -> Iterator[Block]:
    found = cast("list[Settings]", job.settings["file_sd_configs"])
    for index, entry in enumerate(found):
        label = _nth(job.label, index)
        yield Block(
            "discovery.file",
            arguments(entry, ("files", "refresh_interval"), job.where, job.left),
            label=label,
        )
    yield from _files(job, Reference(_all(job, "discovery.file", len(found))))


def _pods(job: _Job) -> Iterator[Block]:
    found = cast("list[Settings]", job.settings["kubernetes_sd_configs"])
    for index, entry in enumerate(found):
        apart = ("namespaces", "selectors")
        plain = {name: value for name, value in entry.items() if name not in apart}
        settings = arguments(plain, ("role", "api_server", "kubeconfig_file"), job.where, job.left)
        inner = tuple(_chosen_pods(entry, job))
        yield Block("discovery.kubernetes", settings, inner, label=_nth(job.label, index))
    yield from _files(job, Reference(_all(job, "discovery.kubernetes", len(found))))


def _chosen_pods(entry: Settings, job: _Job) -> Iterator[Block]:
    if namespaces := mapping(entry.get("namespaces")):
        yield Block("namespaces", arguments(namespaces, ("names", "own_namespace"), job.where, job.left))
    for selector in cast("list[Settings]", entry.get("selectors") or []):
        yield Block("selectors", arguments(selector, ("role", "label", "field"), job.where, job.left))


def _nth(label: str, index: int) -> str:
    return label if index == 0 else f"{label}_{index}"


def _all(job: _Job, component: str, count: int) -> str:
    """The targets of all discoveries of a job as one expression."""
    targets = [f"{component}.{_nth(job.label, index)}.targets" for index in range(count)]
    return targets[0] if count == 1 else f"array.concat({', '.join(targets)})"


def _files(job: _Job, targets: Value) -> Iterator[Block]:
    """Targets with a ``__path__``, perhaps relabeled, found on the disk and read."""
    if job.rules:
        yield Block("discovery.relabel", {"targets": targets}, job.rules, label=job.label)
        targets = Reference(f"discovery.relabel.{job.label}.output")
    match: dict[str, Value] = {"path_targets": targets}
    yield Block(
        "local.file_match", match | ({"sync_period": job.period} if job.period else {}), label=job.label
    )
    source: dict[str, Value] = {
        "targets": Reference(f"local.file_match.{job.label}.targets"),
        "forward_to": job.receiver,
    }
    yield Block(
        "loki.source.file",
        source | ({"legacy_positions_file": job.positions} if job.positions else {}),
        label=job.label,
    )


def _containers(job: _Job) -> Iterator[Block]:
    for index, entry in enumerate(cast("list[Settings]", job.settings["docker_sd_configs"])):
        label = _nth(job.label, index)
        filters = tuple(
            Block("filter", arguments(one, ("name", "values"), job.where, job.left))
            for one in cast("list[Settings]", entry.get("filters") or [])
        )
        plain = {name: value for name, value in entry.items() if name != "filters"}
        settings = arguments(
            plain, ("host", "refresh_interval", "port", "host_networking_host"), job.where, job.left
        )
        yield Block("discovery.docker", settings, filters, label=label)
        source: dict[str, Value] = {
            "host": settings.get("host", "unix:///var/run/docker.sock"),
            "targets": Reference(f"discovery.docker.{label}.targets"),
            "labels": {},
            "forward_to": job.receiver,
        }
        if job.rules:
            yield Block("discovery.relabel", {"targets": []}, job.rules, label=label)
            source["relabel_rules"] = Reference(f"discovery.relabel.{label}.rules")
        yield Block("loki.source.docker", source, label=label)


def _journal(job: _Job) -> Iterator[Block]:
    settings = mapping(job.settings["journal"])
    known = ("path", "max_age", "matches", "labels", "json")
    source = arguments(settings, known, f"{job.where}, journal", job.left, {"json": "format_as_json"})
    yield from _received(job, Block("loki.source.journal", source, label=job.label))


def _syslog(job: _Job) -> Iterator[Block]:
    settings = mapping(job.settings["syslog"])
    known = (
        "listen_address", "listen_protocol", "idle_timeout", "label_structured_data", "labels",
        "use_incoming_timestamp", "use_rfc5424_message", "max_message_length", "syslog_format",
    )  # fmt: skip
    names = {"listen_address": "address", "listen_protocol": "protocol"}
    listener = Block("listener", arguments(settings, known, f"{job.where}, syslog", job.left, names))
    yield from _received(job, Block("loki.source.syslog", {}, (listener,), label=job.label))


def _received(job: _Job, source: Block) -> Iterator[Block]:
    """A source without targets, whose labels are rewritten by rules alone."""
    wired: dict[str, Value] = {"forward_to": job.receiver}
    if job.rules:
        yield Block("discovery.relabel", {"targets": []}, job.rules, label=job.label)
        wired["relabel_rules"] = Reference(f"discovery.relabel.{job.label}.rules")
    yield Block(source.name, {**source.arguments, **wired}, source.blocks, label=source.label)


_SOURCES: Final[dict[str, Callable[[_Job], Iterator[Block]]]] = {
    "static_configs": _static,
    "file_sd_configs": _found_files,
    "kubernetes_sd_configs": _pods,
    "docker_sd_configs": _containers,
    "journal": _journal,
    "syslog": _syslog,
}


def _unique(label: str, taken: set[str]) -> str:
    found, count = label, 2
    while found in taken:
        found, count = f"{label}_{count}", count + 1
    taken.add(found)
    return found
