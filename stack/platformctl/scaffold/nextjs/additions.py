"""What is added to files that belong to the application's owner."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Final

from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import Addition, JsonEntry, JsonItem, Line, SharedFile
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.lint import lint_command
from platformctl.scaffold.nextjs.tsconfig import read_tsconfig
from platformctl.scaffold.nextjs.versions import lint_refusal, types_refusal, versions_for

_UNIT_SCRIPTS: Final = {
    "test": "jest -c {folder}/jest.config.mjs",
    "test:watch": "jest -c {folder}/jest.config.mjs --watch",
    "test:changed": "jest -c {folder}/jest.config.mjs --onlyChanged",
    "test:coverage": "jest -c {folder}/jest.config.mjs --coverage",
}
_E2E_SCRIPTS: Final = {
    "test:e2e": "playwright test -c {folder}/playwright.config.ts",
    "test:webkit": "node {folder}/scripts/webkit-smoke.mjs",
}
_PART_SCRIPTS: Final[Mapping[str, Mapping[str, str]]] = {
    "visual": {
        "test:visual": "playwright test -c {folder}/playwright.config.ts --project=visual",
        "test:visual:update": "playwright test -c {folder}/playwright.config.ts --project=visual --update-snapshots",
    },
    "perf": {"test:bundle": "node {folder}/scripts/bundle-budget.mjs"},
    "security": {"test:audit": "node {folder}/scripts/audit.mjs"},
}


def scripts(app: App, folder: str, parts: Collection[str]) -> dict[str, str]:
    """Script name to command; one whose name the owner uses gets `platform:` before it."""
    wanted = {} if types_refusal(app.packages) else {"test:types": "tsc -p {folder}"}
    if lint_refusal(app.packages) is None:
        wanted["test:lint"] = lint_command(app)
    if "unit" in parts:
        wanted |= _UNIT_SCRIPTS
    if "e2e" in parts:
        wanted |= _E2E_SCRIPTS
    for part, more in _PART_SCRIPTS.items():
        if part in parts:
            wanted |= more
    return {
        (f"platform:{name}" if app.has_script(name) else name): command.format(folder=folder)
        for name, command in wanted.items()
    }


def package_json(app: App, view: OwnersView, folder: str, parts: Collection[str]) -> SharedFile:
    """Scripts and development packages; what the owner has stays at the owner's version."""
    text = view.read("package.json") or "{}"
    entries: list[Addition] = [
        JsonEntry(at=("scripts", name), value=command)
        for name, command in scripts(app, folder, parts).items()
    ]
    wanted = versions_for(app.packages, node_major=app.node_major, parts=parts)
    for name, version in wanted.items():
        if not jsonedit.has(text, ("dependencies", name)):
            entries.append(JsonEntry(at=("devDependencies", name), value=version))
    return SharedFile(path="package.json", additions=tuple(entries))


def tsconfig(view: OwnersView, folder: str) -> SharedFile:
    """Keeps the framework out of `next build`, which type-checks all that tsconfig includes."""
    at = ("exclude",)
    if jsonedit.has(view.read("tsconfig.json") or "{}", at):
        return SharedFile(path="tsconfig.json", additions=(JsonItem(at=at, item=folder),))
    # An own `exclude` hides the inherited one, and the compiler's default.
    inherited = read_tsconfig(view).exclude
    value: JsonValue = [*(("node_modules",) if inherited is None else inherited), folder]
    return SharedFile(path="tsconfig.json", additions=(JsonEntry(at=at, value=value),))


def gitignore(folder: str) -> SharedFile:
    """Reports, saved sessions and caches stay out of git."""
    lines = (f"/{folder}/reports/", f"/{folder}/e2e/.auth/", "/.swc/", "*.tsbuildinfo")
    return SharedFile(path=".gitignore", additions=tuple(Line(line=line) for line in lines), create="")


def prettierignore(folder: str) -> SharedFile:
    """The framework keeps its own formatting, or every re-run would be a merge."""
    return SharedFile(path=".prettierignore", additions=(Line(line=f"/{folder}/"),), create="")


def minimal_contract(app: App) -> str:
    """Without an OpenAPI document: every route handler, whose only rule is the tenant header."""
    parameter: list[JsonValue] = []
    if app.tenant_header:
        schema: dict[str, JsonValue] = {"type": "string", "minLength": 1}
        parameter = [{"name": app.tenant_header, "in": "header", "required": True, "schema": schema}]
    paths: dict[str, JsonValue] = {}
    public = re.compile(r"health|ready|metrics|auth|login|webhook|ping|status", re.IGNORECASE)
    for route in app.api_routes:
        path = re.sub(r"\[(?:\.\.\.)?([^\]]+)\]", r"{\1}", route.path)
        headers: list[JsonValue] = [] if public.search(path) else parameter
        paths[path] = {method.lower(): {"parameters": headers, "responses": {}} for method in route.methods}
    info: dict[str, JsonValue] = {"title": app.name, "version": "0"}
    document: dict[str, JsonValue] = {"openapi": "3.1.0", "info": info, "paths": paths}
    return json.dumps(document, indent=2) + "\n"
