"""The unit tests generated for what was found: one file for each folder of components, one for all routes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs import templates
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import Component, Found, Todo
from platformctl.scaffold.nextjs.jsx import element, quoted, returned
from platformctl.scaffold.nextjs.source import Sources

Item = TypeVar("Item")
_MOST_IN_A_FILE: Final = 12
# Of tests that take one line each: more in a file keep one process busy while the others wait.
_MOST_LINES_IN_A_FILE: Final = 40
# The kinds of tests that render the component as it is.
_HELD: Final = ("presses", "sends", "submits", "loads", "flags", "gate", "names_tenant")
# Module to name to the kinds of tests that use it.
_USED_BY: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "support/interact": {
        "fillIn": frozenset({"presses"}),
        "goThrough": frozenset({"submits"}),
        "pressAll": frozenset({"presses"}),
        "settledText": frozenset({"submits"}),
    },
    "support/loading": {"itLoads": frozenset({"loads"})},
    "support/render": {
        "renderWithTenant": frozenset({"callbacks", "presses", "submits", "flags", "gate", "names_tenant"}),
        "screen": frozenset({"callbacks"}),
    },
    "support/sending": {"itSends": frozenset({"sends"})},
    "tenants": {"everyVertical": frozenset({"names_tenant"})},
}
# Names of files that are not about one folder of components.
_RESERVED: Final = frozenset({"actions", "framework", "hooks", "probe", "proxy", "rendering", "routes"})


@dataclass(frozen=True, kw_only=True)
class Generator:
    """Writes unit tests. `skipped` names tests, as `Component/kind`, that were found not to work here."""

    app: App
    sources: Sources
    folder: str
    suffix: str
    skipped: frozenset[str]

    def files(self, found: Found) -> Iterator[LaidFile]:
        """Every generated unit test."""
        yield self._file(f"framework.{self.suffix}.tsx", templates.text("tests/unit/framework.tsx.j2"))
        yield from self._components(found)
        yield from self._rendering(found)
        yield from self._hooks(found)
        yield from self._actions(found)
        yield from self._routes()
        yield from self._proxy()

    def probes(self, found: Found) -> Iterator[LaidFile]:
        """Files that only import: each test is named by the key of what it imports. They are never laid down."""
        pages = [(f"{c.name}/imports", c.path) for c in found.components]
        pages += [(f"{hook.name}/hook", hook.path) for hook in found.hooks]
        servers = [(f"{route.path}/route", route.file) for route in self.app.api_routes]
        servers += [(f"{action.name}/action", action.path) for action in found.actions]
        servers += [("proxy/proxy", self.app.proxy.file)] if self.app.proxy else []
        for name, environment, imports in (
            ("probe", "", pages),
            ("probe-server", "/** @jest-environment node */\n", servers),
        ):
            tests = [
                f'it("{key}", () => {{\n  expect(require("{self.module(path)}")).toBeDefined();\n}});\n'
                for key, path in imports
                if key not in self.skipped
            ]
            if tests:
                yield self._file(f"{name}.{self.suffix}.ts", environment + "".join(tests))

    def module(self, path: str) -> str:
        """How a test imports a file of the application: by alias where there is one."""
        bare = re.sub(r"(/index)?\.[jt]sx?$", "", path)
        for alias in self.app.aliases:
            target = "" if alias.target == "." else alias.target + "/"
            if alias.exact or not bare.startswith(target):
                continue
            named = alias.prefix + bare[len(target) :]
            if self.sources.resolve(path, named) == path:
                return named
        return posixpath.relpath(bare, f"{self.folder}/unit")

    def _components(self, found: Found) -> Iterator[LaidFile]:
        by_folder: dict[str, list[Component]] = {}
        for component in found.components:
            if self._allows(component.name, "imports") and self._behaves(component):
                by_folder.setdefault(posixpath.dirname(component.path), []).append(component)
        for folder, components in sorted(by_folder.items()):
            stem = re.sub(r"\W+", "-", folder.removeprefix(self.app.src)).strip("-") or "root"
            if stem in _RESERVED:
                stem = f"{stem}-components"
            for name, part in _in_parts(stem, components, _MOST_IN_A_FILE):
                views = [self._view(c) for c in part]
                text = templates.render(
                    "tests/unit/components.tsx.j2", folder=folder, components=views, imports=_imports(views)
                )
                yield self._file(f"{name}.{self.suffix}.tsx", text)

    def _rendering(self, found: Found) -> Iterator[LaidFile]:
        kept = [
            c for c in found.components if self._allows(c.name, "renders") and self._allows(c.name, "imports")
        ]
        for name, part in _in_parts("rendering", kept, _MOST_LINES_IN_A_FILE):
            views = list(self._rendered(part))
            text = templates.render("tests/unit/rendering.tsx.j2", components=views)
            yield self._file(f"{name}.{self.suffix}.tsx", text)

    def _rendered(self, components: Sequence[Component]) -> Iterator[dict[str, object]]:
        """The components of one file; of two with one name the second is imported under another."""
        taken = set[str]()
        for component in components:
            local = component.name
            while local in taken:
                local += "Too"
            taken.add(local)
            yield {
                **self._view(component),
                "local": local,
                "element": returned(local, component.props, indent=4),
            }

    def _hooks(self, found: Found) -> Iterator[LaidFile]:
        hooks = [
            {
                "module": self.module(hook.path),
                "answers": hook.calls and self._allows(hook.name, "answers"),
                "hook": hook,
            }
            for hook in found.hooks
            if self._allows(hook.name, "hook")
        ]
        for name, part in _in_parts("hooks", hooks, _MOST_IN_A_FILE):
            text = templates.render("tests/unit/hooks.tsx.j2", hooks=part)
            yield self._file(f"{name}.{self.suffix}.tsx", text)

    def _actions(self, found: Found) -> Iterator[LaidFile]:
        actions = [
            {"module": self.module(action.path), "action": action}
            for action in found.actions
            if self._allows(action.name, "action")
        ]
        if actions:
            text = templates.render("tests/unit/actions.ts.j2", actions=actions)
            yield self._file(f"actions.{self.suffix}.ts", text)

    def _routes(self) -> Iterator[LaidFile]:
        routes = [
            {
                "path": route.path,
                "methods": route.methods,
                "module": self.module(route.file),
                "local": _local_name(route.path),
                "pages_router": route.pages_router,
            }
            for route in self.app.api_routes
            if self._allows(route.path, "route")
        ]
        if routes:
            text = templates.render(
                "tests/unit/routes.ts.j2", routes=routes, pages_router=any(r["pages_router"] for r in routes)
            )
            yield self._file(f"routes.{self.suffix}.ts", text)

    def _proxy(self) -> Iterator[LaidFile]:
        proxy = self.app.proxy
        if proxy is None or "proxy/proxy" in self.skipped:
            return
        pages = [page for page in self.app.pages if not re.search(r"log-?in|sign-?in|auth", page)][:5] or [
            "/"
        ]
        values = {
            "file": proxy.file,
            "name": proxy.name,
            "default": proxy.default,
            "redirects": proxy.redirects,
            "module": self.module(proxy.file),
            "pages": "[" + ", ".join(f'"{page}"' for page in pages) + "]",
        }
        yield self._file(f"proxy.{self.suffix}.ts", templates.render("tests/unit/proxy.ts.j2", proxy=values))

    def _file(self, name: str, text: str) -> LaidFile:
        return LaidFile(path=f"{self.folder}/unit/{name}", text=text)

    def _allows(self, subject: str, kind: str) -> bool:
        return f"{subject}/{kind}" not in self.skipped

    def _behaves(self, component: Component) -> bool:
        view = self._view(component)
        return any(view[kind] for kind in ("callbacks", *_HELD))

    def _view(self, component: Component) -> dict[str, object]:
        """A component as the templates read it: which tests it gets."""
        own = self.sources.text(component.path)
        view = self._kinds(component, own)
        return {**view, "holds_element": any(view[kind] for kind in _HELD)}

    def _kinds(self, component: Component, own: str) -> dict[str, object]:
        return {
            "name": component.name,
            "module": self.module(component.path),
            "default": component.default,
            "element": returned(component.name, component.props, indent=2),
            "callbacks": [
                (
                    quoted(f"calls {prop} when {words} is pressed"),
                    quoted(words),
                    prop,
                    element(component.name, {**component.props, prop: prop}, indent=4),
                )
                for words, prop in component.callbacks
                if self._allows(component.name, "callbacks")
            ],
            "presses": component.presses and self._allows(component.name, "presses"),
            "sends": component.sends and self._allows(component.name, "sends"),
            "loads": component.loads and self._allows(component.name, "loads"),
            "submits": component.submits and self._allows(component.name, "submits"),
            "loading": _loading(component),
            "flags": _flags(own) if self._allows(component.name, "flags") else [],
            "gate": _gate(component, own) if self._allows(component.name, "gate") else None,
            "names_tenant": "tenant.name" in own and self._allows(component.name, "names_tenant"),
        }


def _in_parts(stem: str, items: Sequence[Item], most: int) -> Iterator[tuple[str, Sequence[Item]]]:
    """(name of a file, what goes into it), none when there are no items."""
    for nth, start in enumerate(range(0, len(items), most)):
        yield stem if nth == 0 else f"{stem}-{nth + 1}", items[start : start + most]


def _imports(views: list[dict[str, object]]) -> list[tuple[str, str]]:
    """(names, module) of what the tests of these components use."""
    kinds = {kind for view in views for kind, wanted in view.items() if wanted}
    used = {module: [name for name, by in names.items() if by & kinds] for module, names in _USED_BY.items()}
    return [(", ".join(names), module) for module, names in used.items() if names]


def _loading(component: Component) -> str:
    """What the tests of loading are told of the component, as a last argument."""
    told = []
    if component.retry:
        told.append(f"retry: {quoted(component.retry)}")
    if component.aborts:
        told.append("aborts: true")
    return f", {{ {', '.join(told)} }}" if told else ""


def open_ends(app: App, found: Found) -> Iterator[Todo]:
    """What no test was written for, with the reason."""
    yield from found.todos
    for path in app.dynamic_pages:
        yield Todo(what=f"page {path}", path=path, why="its parameters are not known: name one in e2e/app.ts")


def _local_name(path: str) -> str:
    """/api/orders/[id] as `ordersId`."""
    words = re.findall(r"[A-Za-z0-9]+", path.removeprefix("/api"))
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Root"
    return f"{name[:1].lower()}{name[1:]}Route"


def _flags(own: str) -> list[str]:
    return sorted(
        set(re.findall(r"""<\w*(?:Feature|Flag)\w*\s[^>]*\b(?:flag|feature|name)=["'](\w+)["']""", own))
    )


def _gate(component: Component, own: str) -> tuple[str, str] | None:
    """(prop, its value) that names a flag, when the component shows its children only under it."""
    prop = next((name for name in ("flag", "feature") if name in component.props), None)
    hides = prop is not None and "children" in component.props and "null" in own
    return (prop, component.props[prop]) if prop is not None and hides else None
