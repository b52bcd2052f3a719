"""OpenSLO v1 documents read as objectives; what cannot be one of ours is named, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, cast

import fastjsonschema
import yaml

from platformctl.errors import DefinitionError
from platformctl.model.tenancy import Objective
from platformctl.model.units import Duration
from platformctl.render.openslo import API_VERSION, THRESHOLD
from platformctl.sources import documents
from platformctl.sources.documents import Json

_SLIS: Final = ("availability", "latency", "freshness")
_SIZES: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One objective that was read; `owner` is a tier, a tenant or a service, as `kind` says."""

    kind: str
    owner: str
    objective: Objective


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a file promises; left_out: the SLOs that are none of ours, with the reason."""

    promises: tuple[Promise, ...]
    left_out: tuple[str, ...]


class _Unfit(Exception):
    """An SLO that has no counterpart here."""


def read_openslo(path: Path, *, tier: str = "") -> Read:
    """The SLOs of a YAML file, of one document or several.

    tier: whose promises SLOs without a label ``tier``, ``tenant`` or ``service`` are. Raises `DefinitionError` with the
    line for what is no OpenSLO v1.
    """
    promises, left_out = [], []
    for line, document in _documents(path):
        if document.get("kind") != "SLO":
            continue
        _refuse_malformed(document, f"{path}:{line}")
        name = str(_object(document["metadata"])["name"])
        try:
            promises.append(_promise(document, tier))
        except _Unfit as reason:
            left_out.append(f"{name}: {reason}")
        except DefinitionError as error:
            left_out.append(f"{name}: {error.what}")
    return Read(promises=tuple(promises), left_out=tuple(left_out))


def _documents(path: Path) -> Iterator[tuple[int, dict[str, Json]]]:
    try:
        text = path.read_text(encoding="utf-8")
        nodes = list(yaml.compose_all(text, documents.Loader))
        loaded = list(yaml.load_all(text, documents.Loader))
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"cannot be read: {error}", where=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DefinitionError(
            f"not valid YAML: {getattr(error, 'problem', error)}",
            where=f"{path}:{mark.line + 1 if mark else 1}",
        ) from error
    for node, document in zip(nodes, loaded, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(document, dict) or document.get("apiVersion") != API_VERSION:
            raise DefinitionError(f"not a document of {API_VERSION}", where=f"{path}:{line}")
        yield line, document


def _refuse_malformed(document: dict[str, Json], where: str) -> None:
    try:
        _judge()(document)
    except fastjsonschema.JsonSchemaValueException as error:
        raise DefinitionError(
            f"not a valid SLO: {error.message.removeprefix('data.')}",
            where=where,
            fix="platformctl schema openslo",
        ) from None


@cache
def _judge() -> Callable[[Json], object]:
    return cast(Callable[[Json], object], fastjsonschema.compile(documents.schema("openslo")))


def _promise(document: dict[str, Json], tier: str) -> Promise:
    metadata, spec = _object(document["metadata"]), _object(document["spec"])
    labels = _object(metadata.get("labels") or {})
    kind, owner = next(
        ((k, str(labels[k])) for k in ("tenant", "service", "tier") if k in labels), ("tier", tier)
    )
    if not owner:
        raise _Unfit("no label says for which tier, tenant or service it is (--tier names one)")
    return Promise(
        kind=kind,
        owner=owner,
        objective=Objective(
            sli=_sli(labels, spec),
            target=_target(spec),
            window=_window(spec),
            latency_threshold=_threshold(metadata),
        ),
    )


def _sli(labels: dict[str, Json], spec: dict[str, Json]) -> str:
    """The SLI by its label or its indicator's name; its query is never taken over, as ours count at the edge."""
    inline = _object(_object(spec.get("indicator") or {}).get("metadata") or {})
    named = str(labels.get("sli") or spec.get("indicatorRef") or inline.get("name") or "")
    if named not in _SLIS:
        raise _Unfit(f"its indicator {named!r} is none of {', '.join(_SLIS)}")
    return named


def _target(spec: dict[str, Json]) -> Decimal:
    if spec["budgetingMethod"] != "Occurrences":
        raise _Unfit("it counts time slices; objectives here count requests")
    objectives = cast(list[dict[str, Json]], spec["objectives"])
    if len(objectives) != 1:
        raise _Unfit(f"it has {len(objectives)} objectives; one SLO here is one promise")
    return Decimal(repr(objectives[0]["target"]))


def _window(spec: dict[str, Json]) -> Duration:
    windows = cast(list[dict[str, Json]], spec.get("timeWindow") or [])
    if not windows or windows[0].get("isRolling") is not True:
        raise _Unfit("its window is no rolling one")
    text = str(windows[0]["duration"])
    if text[-1] not in _SIZES:
        raise _Unfit(f"its window {text} has no fixed length")
    return Duration(int(text[:-1]) * _SIZES[text[-1]])


def _threshold(metadata: dict[str, Json]) -> Duration | None:
    text = _object(metadata.get("annotations") or {}).get(THRESHOLD)
    return Duration.parse(str(text)) if text else None


def _object(value: Json) -> dict[str, Json]:
    return cast(dict[str, Json], value)
