"""Find the components, hooks and actions of a project, and what a test of each can be built on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from platformctl.scaffold.nextjs.samples import Sampler, Unknown
from platformctl.scaffold.nextjs.source import Exported, Sources, find_all, text_of

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
_SENDING: Final = re.compile(r"""method:\s*["'](POST|PUT|PATCH)|\.(post|put|patch)\(""")
_REQUEST: Final = re.compile(r"\bfetch\(|\baxios\b|\bky\b|useSWR\(|useQuery\(")


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component a test can render: the element as JSX text and what is known of its behaviour."""

    name: str
    path: str
    default: bool
    props: str
    callbacks: tuple[tuple[str, str], ...]  # (name of a button, prop that it calls)
    presses: bool
    sends: bool
    loads: bool
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
    hooks: tuple[Exported, ...]
    actions: tuple[Exported, ...]
    server_components: tuple[str, ...]
    todos: tuple[Todo, ...]


def source_files(sources: Sources, under: Iterable[str]) -> list[str]:
    """The application's own TypeScript files, without tests, stories and declarations."""
    found = [path for folder in under for path in sources.view.files(under=folder)]
    return sorted({p for p in found if p.endswith((".ts", ".tsx")) and not _TESTS.search(p)})


def find(sources: Sources, files: Iterable[str]) -> Found:
    """Sort every exported function into what can be tested how; the rest is named with its reason."""
    components, todos, servers = list[Component](), list[Todo](), list[str]()
    hooks, actions = list[Exported](), list[Exported]()
    for path in files:
        if PurePosixPath(path).stem in SPECIAL_FILES:
            continue
        text = sources.text(path)
        for exported in sources.exported(path):
            if re.match(r"""^\s*["']use server["']""", text):
                actions.append(exported)
            elif re.fullmatch(r"use[A-Z]\w*", exported.name):
                hooks.append(exported)
            elif path.endswith("x") and exported.name[:1].isupper() and "<" in exported.text:
                _sort(sources, exported, components, todos, servers)
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
    try:
        components.append(_component(sources, exported))
    except Unknown as unknown:
        why = f"its props cannot be inferred ({unknown})"
        todos.append(Todo(what=f"component {exported.name}", path=exported.path, why=why))


def _component(sources: Sources, exported: Exported) -> Component:
    props = _props(sources, exported)
    texts = {path: sources.text(path) for path in sources.reachable(exported.path)}
    shown = " ".join(text for path, text in texts.items() if path.endswith("x"))
    used = " ".join(texts.values())
    requests = bool(_REQUEST.search(used))
    loads = requests and _loads(sources, exported)
    form = "<form" in exported.text
    sends = requests and not loads and bool(_SENDING.search(used)) and bool(_CONTROL.search(shown))
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
        retry=_retry(exported),
        aborts="AbortController" in used and "signal" in used,
    )


def _props(sources: Sources, exported: Exported) -> str:
    parameters = exported.node.child_by_field_name("parameters")
    first = parameters.named_children[0] if parameters and parameters.named_children else None
    if first is None:
        return "{}"
    kind = first.child_by_field_name("type")
    if kind is None:
        raise Unknown("they have no type")
    return Sampler(sources).of(kind, exported.path, "props")


def _loads(sources: Sources, exported: Exported) -> bool:
    """Whether it asks the server when it appears: an effect in it or in a hook of the project that it calls."""
    texts = [exported.text]
    for name, module in sources.imports(exported.path):
        target = sources.resolve(exported.path, module)
        if target and name.startswith("use") and re.search(rf"\b{name}\(", exported.text):
            texts.append(sources.text(target))
    return any(re.search(r"useEffect\(|useQuery\(|useSWR\(", text) for text in texts)


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
            yield re.sub(r"\s+", " ", words), handler[1]


def _retry(exported: Exported) -> str | None:
    found = re.search(
        r">\s*((?:Try again|Retry|Reload|Again)\b[^<{]*?)\s*</button>", exported.text, re.IGNORECASE
    )
    return found[1].strip() if found and 'role="alert"' in exported.text else None
