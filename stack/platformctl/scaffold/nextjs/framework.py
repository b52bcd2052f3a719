"""The whole tree that is laid into an application: which files, which additions, for which parts."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from platformctl.errors import UsageError
from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import LaidFile, Mode, SharedFile, Tree
from platformctl.scaffold.nextjs import additions, journeys, templates
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.ci import pipelines
from platformctl.scaffold.nextjs.components import Found, Todo, find, source_files
from platformctl.scaffold.nextjs.data import catalogue_text, config_text
from platformctl.scaffold.nextjs.jsx import element, nested
from platformctl.scaffold.nextjs.lint import left_alone, lint_command
from platformctl.scaffold.nextjs.mocks import contract_files
from platformctl.scaffold.nextjs.providers import find_wrappers
from platformctl.scaffold.nextjs.report import todo_text
from platformctl.scaffold.nextjs.source import Sources
from platformctl.scaffold.nextjs.unit import Generator, open_ends
from platformctl.scaffold.nextjs.versions import lint_refusal
from platformctl.scaffold.nextjs.workspace import neighbours

NAME: Final = "scaffold-tests"
VERSION: Final = "1"
PARTS: Final = ("unit", "e2e", "visual", "a11y", "perf", "security", "monitoring", "ci")
# Files of the template tree by the part that wants them; a file not named here belongs to all.
_PART_OF: Final = {
    "jest.config.mjs": "unit",
    "jest/": "unit",
    "unit/": "unit",
    "support/": "unit",
    "mocks/answer.ts": "unit",
    "mocks/browser.ts": "unit",
    "mocks/faults.ts": "unit",
    "mocks/server.ts": "unit",
    "playwright.config.ts": "e2e",
    "e2e/visual": "visual",
    "e2e/a11y": "a11y",
    "e2e/performance": "perf",
    "e2e/leaks": "perf",
    "scripts/bundle-budget.mjs": "perf",
    "scripts/webkit-smoke.mjs": "e2e",
    "e2e/security": "security",
    "scripts/audit.mjs": "security",
    "scripts/coverage-summary.mjs": "unit",
    "e2e/monitoring": "monitoring",
    "e2e/": "e2e",
    "metric-catalogue.json": "monitoring",
}
_WHY: Final = {
    "types": "what was inferred for its props does not fit their types",
    "imports": "it cannot be loaded by Jest (an ES module, a missing variable of the environment)",
    "renders": "it needs a provider or data that platform.adapter.tsx does not give",
    "presses": "a button has no effect that a test can see, or the component needs a provider",
    "sends": "what it takes to send the form is not to be inferred",
    "loads": "what it shows of its data is not to be inferred",
    "submits": "what it takes to send the form is not to be inferred",
    "answers": "a function that it gives has no effect that a test can see",
    "action": "it needs a service or a session that platform.adapter.tsx does not give",
}
_SEEDS: Final = frozenset({"tenants.ts", "e2e/app.ts"})
_NEEDS_BROWSER: Final = frozenset({"visual", "a11y", "perf", "security", "monitoring"})


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the user chose; kept in the manifest for the next run."""

    folder: str
    parts: tuple[str, ...] = PARTS
    skipped: tuple[str, ...] = ()  # generated tests that cannot work here, as `subject/kind`
    esm: tuple[str, ...] = ()  # packages that are ES modules only, for Jest to compile
    warned: tuple[str, ...] = ()  # gates that the application does not pass today
    ratchet: tuple[tuple[str, int], ...] = ()  # today's coverage, where it is below the gate
    bare: bool = False  # the layout's providers do not work around a component under test


def parts_of(only: str | None) -> tuple[str, ...]:
    """The parts named by --only; all without it. Parts that run in a browser bring `e2e` with them."""
    if only is None:
        return PARTS
    named = [part.strip() for part in only.split(",") if part.strip()]
    unknown = [part for part in named if part not in PARTS]
    if unknown or not named:
        raise UsageError(
            f"--only does not know {', '.join(unknown) or 'an empty list'}",
            fix=f"platformctl scaffold-tests DIR --only {','.join(PARTS)}",
        )
    wanted = {*named, *(("e2e",) if _NEEDS_BROWSER & set(named) else ())}
    return tuple(part for part in PARTS if part in wanted)


def folder_for(view: OwnersView) -> str:
    """Where the framework goes: `tests`, unless the owner has something there."""
    return "platform-tests" if view.exists("tests") else "tests"


@dataclass(frozen=True, kw_only=True)
class Framework:
    """The tree, and what could not be inferred."""

    tree: Tree
    found: Found
    todos: tuple[Todo, ...]
    probes: tuple[LaidFile, ...]


def build(app: App, view: OwnersView, choices: Choices) -> Framework:
    """All files and additions for an application."""
    beside = neighbours(view.root, app.packages.workspace)
    sources = Sources(view=view, aliases=app.aliases, module_paths=app.module_paths, neighbours=beside)
    found = find(sources, source_files(sources, app.sources))
    # Any runner of the owner's may take *.test.tsx for its own; a script tells of one that needs no configuration.
    taken = bool(app.runners) or app.has_script("test")
    suffix = "platform" if taken else "test"
    generator = Generator(
        app=app, sources=sources, folder=choices.folder, suffix=suffix, skipped=frozenset(choices.skipped)
    )
    todos = (*open_ends(app, found), *_skipped(choices))
    files = [
        *_static(app, choices),
        *contract_files(app, view, choices.folder),
        *_gates(choices),
        *_adapter(app, sources, choices, generator),
    ]
    files.append(_config(app, choices, found, suffix))
    if "e2e" in choices.parts:
        text = templates.render("tests/e2e/journeys.ts.j2", notes=list(journeys.notes(app, sources)))
        files.append(LaidFile(path=f"{choices.folder}/e2e/journeys.ts", text=text, mode=Mode.SEED))
    if "monitoring" in choices.parts:
        files.append(LaidFile(path=f"{choices.folder}/metric-catalogue.json", text=catalogue_text()))
    if "unit" in choices.parts:
        files += generator.files(found)
    names = additions.scripts(app, choices.folder, choices.parts)
    if "ci" in choices.parts:
        files += pipelines(app, folder=choices.folder, parts=choices.parts, scripts=names)
    guide = templates.render(
        "guide.md.j2", app=app, folder=choices.folder, parts=choices.parts, scripts=names
    )
    files.append(LaidFile(path=f"{choices.folder}/README.md", text=guide))
    files.append(LaidFile(path=f"{choices.folder}/TODO.md", text=todo_text(app, todos, parts=choices.parts)))
    tree = Tree(
        name=NAME,
        version=VERSION,
        answers=_answers(choices),
        files=tuple(sorted(files, key=lambda file: file.path)),
        shared=tuple(_shared(app, view, choices)),
    )
    return Framework(tree=tree, found=found, todos=todos, probes=tuple(generator.probes(found)))


def _answers(choices: Choices) -> dict[str, JsonValue]:
    return {
        "folder": choices.folder,
        "parts": list(choices.parts),
        "skipped": list(choices.skipped),
        "esm": list(choices.esm),
        "warned": list(choices.warned),
        "ratchet": dict(sorted(choices.ratchet)),
        "bare": choices.bare,
    }


def choices_from(answers: Mapping[str, JsonValue], *, folder: str, parts: tuple[str, ...] | None) -> Choices:
    """The choices of the last run; `parts` are those of this one, when it names any."""
    kept = answers.get("folder")
    ratchet = answers.get("ratchet")
    return Choices(
        folder=kept if isinstance(kept, str) else folder,
        parts=parts or _texts(answers.get("parts")) or PARTS,
        skipped=_texts(answers.get("skipped")),
        esm=_texts(answers.get("esm")),
        warned=_texts(answers.get("warned")),
        bare=answers.get("bare") is True,
        ratchet=tuple((k, int(v)) for k, v in ratchet.items() if isinstance(v, int))
        if isinstance(ratchet, dict)
        else (),
    )


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _gates(choices: Choices) -> Iterator[LaidFile]:
    """The gates, as strict as the application can bear today."""
    text = templates.text("tests/gates.json")
    for gate in choices.warned:
        text = jsonedit.put(text, (gate, "mode"), "warn")
    if choices.ratchet:
        text = jsonedit.put(text, ("coverage", "ratchet"), True)
        baseline = json.dumps(dict(sorted(choices.ratchet)), indent=2) + "\n"
        yield LaidFile(path=f"{choices.folder}/coverage-baseline.json", text=baseline, mode=Mode.SEED)
    yield LaidFile(path=f"{choices.folder}/gates.json", text=text, mode=Mode.SEED)


def _static(app: App, choices: Choices) -> Iterator[LaidFile]:
    unused = {*(("eslint.config.mjs",) if lint_refusal(app.packages) else ())}
    if "lint.mjs" not in lint_command(app) or unused:
        unused.add("scripts/lint.mjs")
    for folder in ("", "jest", "support", "mocks", "e2e", "scripts"):
        for name in templates.names(f"tests/{folder}".rstrip("/")):
            path = posixpath.join(folder, name)
            if (
                name.endswith(".j2")
                or name in {"openapi.ts", "gates.json"}
                or path in unused
                or _part(path) not in (None, *choices.parts)
            ):
                continue
            mode = Mode.SEED if path in _SEEDS else Mode.MANAGED
            yield LaidFile(path=f"{choices.folder}/{path}", text=templates.text(f"tests/{path}"), mode=mode)
    if app.packages.document.get("type") == "module":
        # As ES modules Node 20 and Playwright would not import JSON the way that TypeScript and Jest do.
        yield LaidFile(
            path=f"{choices.folder}/package.json", text='{ "private": true, "type": "commonjs" }\n'
        )


def _adapter(app: App, sources: Sources, choices: Choices, generator: Generator) -> Iterator[LaidFile]:
    def module(file: str) -> str:
        return re.sub(r"^\.\./", "./", generator.module(file))

    provider = app.provider
    known, inner = None, "{children}"
    wrappers = (
        () if choices.bare else find_wrappers(sources, app.src, without=provider.name if provider else None)
    )
    if provider is not None:
        inner = element(provider.name, {**provider.props, "children": "children"}, indent=2)
        known = {"name": provider.name, "module": module(provider.file), "element": inner}
    text = templates.render(
        "tests/platform.adapter.tsx.j2",
        provider=known,
        wrappers=[
            {"imported": wrapper.imported, "module": module(wrapper.file) if wrapper.file else wrapper.module}
            for wrapper in wrappers
        ],
        states=[wrapper.state for wrapper in wrappers if wrapper.state],
        nested=nested([(wrapper.opening, wrapper.name) for wrapper in wrappers], inner, indent=4),
    )
    yield LaidFile(path=f"{choices.folder}/platform.adapter.tsx", text=text, mode=Mode.SEED)


def _config(app: App, choices: Choices, found: Found, suffix: str) -> LaidFile:
    text = config_text(
        app, suffix=suffix, folder=choices.folder, server_components=found.server_components, esm=choices.esm
    )
    return LaidFile(path=f"{choices.folder}/platform.config.json", text=text)


def _shared(app: App, view: OwnersView, choices: Choices) -> Iterator[SharedFile]:
    yield additions.package_json(app, view, choices.folder, choices.parts)
    yield additions.tsconfig(view, choices.folder)
    yield additions.gitignore(choices.folder)
    yield from left_alone(app, view, choices.folder)
    if app.prettier:
        yield additions.prettierignore(choices.folder)


def _skipped(choices: Choices) -> Iterator[Todo]:
    if choices.bare:
        why = "the providers of the outermost layout do not work around a component under test: put in what does"
        yield Todo(what="providers", path=f"{choices.folder}/platform.adapter.tsx", why=why)
    kinds: dict[str, list[str]] = {}
    for name in choices.skipped:
        subject, _, kind = name.rpartition("/")
        kinds.setdefault(subject, []).append(kind)
    for subject, found in kinds.items():
        telling = next((kind for kind in ("types", "imports", "renders") if kind in found), found[0])
        why = _WHY.get(telling, "the application needs something that the test does not give it")
        said = f"its generated test did not pass when it was tried: {why}"
        yield Todo(what=subject, path=", ".join(found), why=said)


def _part(path: str) -> str | None:
    matching: Collection[str] = [prefix for prefix in _PART_OF if path.startswith(prefix)]
    return _PART_OF[max(matching, key=len)] if matching else None
