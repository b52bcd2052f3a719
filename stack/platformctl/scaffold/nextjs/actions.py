"""What is known of a server action: its arguments, the fields of its form, and whether it asks who is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from platformctl.scaffold.nextjs.exports import Exported
from platformctl.scaffold.nextjs.hooks import arguments_for
from platformctl.scaffold.nextjs.samples import Sampler, Unknown, text_named
from platformctl.scaffold.nextjs.source import Sources, find_all, text_of

_FIELD: Final = re.compile(r"""\.get(?:All)?\(\s*["']([\w.-]+)["']\s*\)""")
_SCHEMA: Final = re.compile(r"(\w+):\s*z\.")
_ASKS_WHO: Final = re.compile(
    r"\b(cookies|auth|getSession|getServerSession|verifySession|getUser|getCurrentUser|currentUser|requireUser)\("
)
_BY_TYPE: Final[Mapping[str, str]] = {
    "checkbox": "on",
    "date": "2030-01-10",
    "email": "sample@example.test",
    "tel": "+41000000000",
    "time": "12:00",
    "url": "https://example.test/",
}


@dataclass(frozen=True, kw_only=True)
class Action:
    """A server action that a test can call."""

    name: str
    path: str
    default: bool
    arguments: tuple[str, ...]
    form: Mapping[str, str] | None  # field to value; None when it takes no form
    guarded: bool

    @property
    def code(self) -> str:
        """The call as the test writes it."""
        parameter = "form" if self.form is not None else ""
        return f"({parameter}) => {self.name}({', '.join(self.arguments)})"

    @property
    def form_code(self) -> str:
        """The form's fields as an object."""
        fields = [
            f"{n if n.isidentifier() else json.dumps(n)}: {json.dumps(v)}"
            for n, v in (self.form or {}).items()
        ]
        return "{ " + ", ".join(fields) + " }"


def action_of(sources: Sources, exported: Exported, files: Iterable[str]) -> Action:
    """What a test can call the action with; raises Unknown. `files` are searched for the form's inputs."""
    parameters = exported.parameters
    takes_form = [index for index, node in enumerate(parameters) if "FormData" in text_of(node)]
    form: Mapping[str, str] | None = None
    if takes_form:
        before = parameters[: takes_form[0]]
        arguments = (*(_state(sources, node, exported.path) for node in before), "form")
        form = _form(sources, exported, files)
    else:
        arguments = arguments_for(sources, parameters, exported.path)
    used = " ".join(sources.text(path) for path in sources.reachable(exported.path))
    return Action(
        name=exported.name,
        path=exported.path,
        default=exported.default,
        arguments=arguments,
        form=form,
        guarded=bool(_ASKS_WHO.search(used)),
    )


def _state(sources: Sources, parameter: Node, path: str) -> str:
    """The state before the first call of useActionState."""
    kind = parameter.child_by_field_name("type")
    return "undefined" if kind is None else Sampler(sources).of(kind, path, "state")


def _form(sources: Sources, exported: Exported, files: Iterable[str]) -> Mapping[str, str]:
    names = dict.fromkeys(_FIELD.findall(exported.text)) or dict.fromkeys(
        _SCHEMA.findall(sources.text(exported.path))
    )
    if not names:
        raise Unknown("the fields of its form are not to be found")
    known = dict(_inputs(sources, files))
    return {name: known.get(name) or text_named(name) for name in names}


def _inputs(sources: Sources, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, a value that it takes) of the fields of the application's forms."""
    for path in files:
        if "name=" not in sources.text(path):
            continue
        root = sources.root(path)
        for node in find_all(root, "jsx_self_closing_element", "jsx_opening_element") if root else ():
            given = dict(_attributes(node))
            if text_of(node).startswith(("<input", "<select", "<textarea")) and "name" in given:
                value = _value(node, given)
                if value:
                    yield given["name"], value


def _value(node: Node, given: Mapping[str, str]) -> str | None:
    if text_of(node).startswith("<select") and node.parent is not None:
        options = re.findall(r"""<option\b[^>]*\bvalue=["']([^"']+)["']""", text_of(node.parent))
        return options[-1] if options else None
    kind = given.get("type", "text")
    if kind == "number":
        return given.get("min", "2")
    return given.get("value") or given.get("placeholder") or _BY_TYPE.get(kind)


def _attributes(element: Node) -> Iterator[tuple[str, str]]:
    for attribute in element.named_children:
        if attribute.type != "jsx_attribute" or len(attribute.named_children) < 2:
            continue
        name, value = attribute.named_children
        yield text_of(name), text_of(value).strip("{}\"'")
