"""An objective put into the text of ``slas/tiers.yml`` or ``slas/tenants.yml``, and nothing else touched."""

from __future__ import annotations

from typing import Final

import yaml

from platformctl.errors import DefinitionError
from platformctl.model.tenancy import Objective

_KEY: Final = "objectives"


def with_objective(text: str, owner: tuple[str, str, str], objective: Objective) -> str:
    """The text with the owner's objective for that SLI replaced, or added.

    owner: the list's key, the key of a member's name, and the name, as ``("tiers", "name", "gold")``.
    """
    member = _member(text, owner)
    written = _written(objective)
    objectives = _value(member, _KEY)
    if not isinstance(objectives, yaml.SequenceNode) or not objectives.value:
        return _added(text, member, objectives, written)
    for node in objectives.value:
        if isinstance(node, yaml.MappingNode) and _text(_value(node, "sli")) == objective.sli:
            return _replaced(text, node, written)
    return _appended(text, objectives, written)


def _written(objective: Objective) -> str:
    threshold = f", latency_threshold: {objective.latency_threshold}" if objective.latency_threshold else ""
    return f'{{sli: {objective.sli}, target: "{objective.target:f}", window: {objective.window}{threshold}}}'


def _member(text: str, owner: tuple[str, str, str]) -> yaml.MappingNode:
    key, id_key, name = owner
    root = yaml.compose(text, yaml.SafeLoader)
    members = _value(root, key) if isinstance(root, yaml.MappingNode) else None
    for node in members.value if isinstance(members, yaml.SequenceNode) else []:
        if isinstance(node, yaml.MappingNode) and _text(_value(node, id_key)) == name:
            return node
    raise DefinitionError(f"{key} has no {name!r}")


def _value(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if _text(name) == key), None)


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _replaced(text: str, node: yaml.Node, written: str) -> str:
    return text[: node.start_mark.index] + written + text[_end(text, node) :]


def _appended(text: str, objectives: yaml.SequenceNode, written: str) -> str:
    last = objectives.value[-1]
    at = _end(text, last)
    joint = ", " if objectives.flow_style else f"\n{' ' * objectives.start_mark.column}- "
    return text[:at] + joint + written + text[at:]


def _added(text: str, member: yaml.MappingNode, empty: yaml.Node | None, written: str) -> str:
    """A member that has no objectives, or an empty list of them."""
    if empty is not None:
        return _replaced(text, empty, f"[{written}]")
    at = _end(text, member.value[-1][1])
    joint = ", " if member.flow_style else f"\n{' ' * member.start_mark.column}"
    return f"{text[:at]}{joint}{_KEY}: [{written}]{text[at:]}"


def _end(text: str, node: yaml.Node) -> int:
    """Where the node's own text ends: PyYAML has block nodes end where the next token begins."""
    own = text[node.start_mark.index : node.end_mark.index]
    lines = own.splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return node.start_mark.index + len("".join(lines).rstrip())
