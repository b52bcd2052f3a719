"""Find the components, hooks and actions of a project, and what a test of each can be built on."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from platformctl.scaffold.nextjs import traffic
from platformctl.scaffold.nextjs.actions import Action, action_of
from platformctl.scaffold.nextjs.exports import Exported, exported
from platformctl.scaffold.nextjs.hooks import Hook, acts_on_appearing, hook_of
from platformctl.scaffold.nextjs.samples import Sampler, Unknown
from platformctl.scaffold.nextjs.source import Sources, find_all, text_of

SPECIAL_FILES: Final = frozenset(
    [
        "page",
        "layout",
        "loading",
        "error",
        "global-error",
        "not-found",
        "template",
        "default",
        "route",
        "_app",
        "_document",
        "_error",
    ]
)
_TESTS: Final = re.compile(
    r"(^|/)(__tests__|__mocks__|e2e|cypress|stories)/|\.(test|spec|stories|e2e|d)\.[jt]sx?$"
)
_CONTROL: Final = re.compile(r"<button\b|onClick=|<input\b|<select\b|<textarea\b")
# A form that hands itself to a function, most often a server action.
_SUBMITTED: Final = re.compile(r"\baction=\{|\bonSubmit=\{")


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component a test can render: its props and what is known of its behaviour."""

    name: str
    path: str
    default: bool
    props: Mapping[str, str]  # name to expression
    callbacks: tuple[tuple[str, str], ...]  # (name of a button, prop that it calls)
    presses: bool
    sends: bool
    loads: bool
    submits: bool
    retry: str | None
    aborts: bool


@dataclass(frozen=True, kw_only=True)
class Todo:
    """Something that could not be inferred: what, where, and why."""

    what: str
    path: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that was found for unit tests."""

    components: tuple[Component, ...]
    hooks: tuple[Hook, ...]
    actions: tuple[Action, ...]
    server_components: tuple[str, ...]
    todos: tuple[Todo, ...]


def source_files(sources: Sources, under: Iterable[str]) -> list[str]:
    """The application's own TypeScript files, without tests, stories and declarations."""
    found = [path for folder in under for path in sources.view.files(under=folder)]
    return sorted({p for p in found if p.endswith((".ts", ".tsx")) and not _TESTS.search(p)})


def find(sources: Sources, files: Sequence[str]) -> Found:
    """Sort every exported function into what can be tested how; the rest is named with its reason."""
    components, todos, servers = list[Component](), list[Todo](), list[str]()
    hooks, actions = list[Hook](), list[Action]()
    for path in files:
        if PurePosixPath(path).stem in SPECIAL_FILES:
            continue
        for one in exported(sources, path):
            try:
                if re.match(r"""^\s*["']use server["']""", sources.text(path)):
                    what, why = f"server action {one.name}", "it cannot be called"
                    actions.append(action_of(sources, one, files))
                elif re.fullmatch(r"use[A-Z]\w*", one.name):
                    what, why = f"hook {one.name}", "what to use it with cannot be inferred"
                    hooks.append(hook_of(sources, one))
                elif path.endswith("x") and one.name[:1].isupper() and "<" in one.text:
                    what, why = f"component {one.name}", "its props cannot be inferred"
                    _sort(sources, one, components, todos, servers)
            except Unknown as unknown:
                todos.append(Todo(what=what, path=path, why=f"{why} ({unknown})"))
    return Found(
        components=tuple(components),
        hooks=tuple(hooks),
        actions=tuple(actions),
        server_components=tuple(sorted(set(servers))),
        todos=tuple(todos),
    )


def _sort(
    sources: Sources, exported: Exported, components: list[Component], todos: list[Todo], servers: list[str]
) -> None:
    if exported.is_async:
        servers.append(exported.path)
        why = "an async Server Component: Testing Library cannot render it; the browser tests cover it"
        todos.append(Todo(what=f"component {exported.name}", path=exported.path, why=why))
        return
    if exported.name.endswith("Provider"):
        return
    components.append(_component(sources, exported))


def _component(sources: Sources, exported: Exported) -> Component:
    props = _props(sources, exported)
    texts = {path: sources.text(path) for path in sources.reachable(exported.path)}
    shown = " ".join(text for path, text in texts.items() if path.endswith("x"))
    used = texts.values()
    loads = traffic.asks(used) and acts_on_appearing(sources, exported)
    form = "<form" in exported.text
    sends = traffic.asks(used) and not loads and traffic.sends(used) and bool(_CONTROL.search(shown))
    callbacks = tuple(_callbacks(exported))
    return Component(
        name=exported.name,
        path=exported.path,
        default=exported.default,
        props=props,
        callbacks=callbacks,
        presses="<button" in shown and not (form or loads or callbacks),
        sends=sends,
        loads=loads,
        submits=form and bool(_SUBMITTED.search(exported.text)) and not (sends or loads),
        retry=_retry(exported),
        aborts=traffic.gives_up(used),
    )


def _props(sources: Sources, exported: Exported) -> Mapping[str, str]:
    """Each required prop with an expression for it."""
    if not exported.parameters and exported.declared is None:
        return {}
    if exported.props_type is None:
        raise Unknown("they have no type")
    sampler = Sampler(sources)
    fields = sampler.fields(exported.props_type, exported.path)
    return {name: sampler.of(kind, path, name, 1) for name, (kind, path) in fields.items()}


def _callbacks(exported: Exported) -> Iterable[tuple[str, str]]:
    for button in find_all(exported.node, "jsx_element"):
        opening = button.named_children[0]
        if not text_of(opening).startswith("<button"):
            continue
        words = " ".join(text_of(n).strip() for n in button.named_children if n.type == "jsx_text").strip()
        handler = re.search(r"onClick=\{(?:\(\)\s*=>\s*)?(\w+)", text_of(opening))
        dynamic = any(node.type == "jsx_expression" for node in button.named_children)
        plain = words and not dynamic and "disabled" not in text_of(opening)
        if plain and handler and re.fullmatch(r"on[A-Z]\w*", handler[1]):
            yield re.sub(r"\s+", " ", html.unescape(words)), handler[1]


def _retry(exported: Exported) -> str | None:
    found = re.search(
        r">\s*((?:Try again|Retry|Reload|Again)\b[^<{]*?)\s*</button>", exported.text, re.IGNORECASE
    )
    return html.unescape(found[1].strip()) if found and 'role="alert"' in exported.text else None
