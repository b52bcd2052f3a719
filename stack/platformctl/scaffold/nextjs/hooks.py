"""What is known of a hook: the arguments to use it with, and the functions that it gives to its component."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from platformctl.scaffold.nextjs import traffic
from platformctl.scaffold.nextjs.exports import Exported
from platformctl.scaffold.nextjs.samples import Sampler, Unknown
from platformctl.scaffold.nextjs.source import Sources, find_all, text_of

_FUNCTIONS: Final = ("arrow_function", "function_expression", "function_declaration")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function that a hook gives, and the arguments to call it with."""

    name: str
    arguments: tuple[str, ...]

    @property
    def code(self) -> str:
        """The call as the test writes it."""
        return f"({{ {self.name} }}) => {self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A hook that a test can use."""

    name: str
    path: str
    default: bool
    arguments: tuple[str, ...]
    calls: tuple[Call, ...]
    returns: bool
    loads: bool
    sends: bool
    aborts: bool
    thrown: str | None


def hook_of(sources: Sources, exported: Exported) -> Hook:
    """What a test can do with the hook; raises Unknown when it is not known what to call it with."""
    used = [sources.text(path) for path in sources.reachable(exported.path)]
    loads = traffic.asks(used) and acts_on_appearing(sources, exported)
    return Hook(
        name=exported.name,
        path=exported.path,
        default=exported.default,
        # What create(...) or createStyles(...) makes of a function takes other arguments than that function.
        arguments=() if exported.wrapped else arguments_for(sources, exported.parameters, exported.path),
        calls=() if exported.wrapped else tuple(_calls(sources, exported)),
        returns=any(node.named_children for node in find_all(exported.node, "return_statement"))
        or _arrow_value(exported.node) is not None,
        loads=loads,
        sends=traffic.asks(used) and not loads and traffic.sends(used),
        aborts=traffic.gives_up(used),
        thrown=_thrown(exported),
    )


def acts_on_appearing(sources: Sources, exported: Exported) -> bool:
    """Whether it does something as soon as it is there: an effect in it, or in a hook of the project that it calls."""
    texts = {exported.path: exported.text}
    pending = [(exported.path, exported.text)]
    while pending:
        path, text = pending.pop()
        for one in sources.imports(path):
            target = sources.resolve(path, one.module)
            if target and target not in texts and re.match(r"use[A-Z]", one.name) and f"{one.name}(" in text:
                texts[target] = sources.text(target)
                pending.append((target, texts[target]))
    return any(traffic.on_appearing(text) for text in texts.values())


def arguments_for(sources: Sources, parameters: list[Node], path: str) -> tuple[str, ...]:
    """An expression for each required parameter; raises Unknown."""
    found = []
    for parameter in parameters:
        if parameter.type != "required_parameter" or parameter.child_by_field_name("value"):
            break  # what follows an optional one is optional too
        kind, pattern = parameter.child_by_field_name("type"), parameter.child_by_field_name("pattern")
        name = text_of(pattern) if pattern and pattern.type == "identifier" else "options"
        if kind is None:
            raise Unknown(f"{name} has no type")
        found.append(Sampler(sources).of(kind, path, name))
    return tuple(found)


def _calls(sources: Sources, hook: Exported) -> Iterator[Call]:
    for name, function, path in _functions_given(sources, hook):
        parameters = function.child_by_field_name("parameters")
        try:
            arguments = arguments_for(sources, parameters.named_children if parameters else [], path)
        except Unknown:
            continue
        yield Call(name=name, arguments=arguments)


def _functions_given(sources: Sources, hook: Exported) -> Iterator[tuple[str, Node, str]]:
    """(name, function or function type, file) of what the hook returns: by its return type, else by its value."""
    declared = hook.node.child_by_field_name("return_type")
    if declared is not None:
        try:
            fields = Sampler(sources).fields(declared, hook.path)
        except Unknown:
            return
        for name, (kind, path) in fields.items():
            inner = kind.named_children[-1] if kind.type == "type_annotation" else kind
            if inner.type in {"function_type", "method_signature"}:
                yield name, inner, path
        return
    local = dict(_local_functions(hook.node))
    for name in _returned_names(hook.node):
        if name in local:
            yield name, local[name], hook.path


def _local_functions(hook: Node) -> Iterator[tuple[str, Node]]:
    """The functions declared in a hook, useCallback looked through."""
    for declarator in find_all(hook, "variable_declarator"):
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if value is not None and value.type == "call_expression":
            arguments = value.child_by_field_name("arguments")
            value = arguments.named_children[0] if arguments and arguments.named_children else None
        if name is not None and value is not None and value.type in _FUNCTIONS:
            yield text_of(name), value
    for function in find_all(hook, "function_declaration"):
        name = function.child_by_field_name("name")
        if name is not None and function != hook:
            yield text_of(name), function


def _returned_names(hook: Node) -> list[str]:
    """The shorthand names of the object that a hook returns last."""
    objects = [
        node.named_children[0]
        for node in find_all(hook, "return_statement")
        if node.named_children and node.named_children[0].type == "object"
    ]
    if not objects:
        return []
    return [text_of(n) for n in objects[-1].named_children if n.type == "shorthand_property_identifier"]


def _arrow_value(hook: Node) -> Node | None:
    body = hook.child_by_field_name("body")
    return body if body is not None and body.type != "statement_block" else None


def _thrown(hook: Exported) -> str | None:
    found = re.search(r"""throw new Error\(\s*["'`](\w+)""", hook.text)
    return found.group(1) if found else None
