"""The pipelines: GitHub Actions and GitLab."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs import templates
from platformctl.scaffold.nextjs.app import App

# GitLab keeps only what lies in the project's folder: the variables that bring each manager's cache there.
_CACHE: Final = "$CI_PROJECT_DIR/.package-cache"
_CACHE_VARIABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "npm": {"npm_config_cache": _CACHE},
    "pnpm": {"npm_config_store_dir": _CACHE},
    "yarn": {"YARN_CACHE_FOLDER": _CACHE, "YARN_ENABLE_GLOBAL_CACHE": "false"},
    "bun": {"BUN_INSTALL_CACHE_DIR": _CACHE},
}
# What GitLab's image lacks of the package manager.
_PUT_IN_PLACE: Final[Mapping[str, str]] = {
    "pnpm": "corepack enable",
    "yarn": "corepack enable",
    "bun": "npm install --global bun",
}

# What the notification waits for: the job that each part brings.
_JOBS: Final = (("unit", "unit"), ("e2e", "e2e"), ("visual", "visual"), ("security", "audit"))


def pipelines(
    app: App, *, folder: str, parts: Collection[str], scripts: Collection[str]
) -> Iterator[LaidFile]:
    """The workflow files. GitHub reads its own at a repository's root only: below it, it waits to be moved there."""
    values = _values(app, folder=folder, parts=parts, scripts=scripts)
    github = ".github/workflows/platform-tests.yml" if app.place == "." else f"{folder}/ci/github.yml"
    yield LaidFile(path=github, text=templates.render("ci/github.yml.j2", **values))
    yield LaidFile(path=f"{folder}/ci/gitlab.yml", text=templates.render("ci/gitlab.yml.j2", **values))


def _values(app: App, *, folder: str, parts: Collection[str], scripts: Collection[str]) -> dict[str, object]:
    workdir = app.place
    manager = app.manager
    prefix = "" if workdir == "." else f"{workdir}/"
    named = {
        short: next((name for name in scripts if name.removeprefix("platform:") == script), script)
        for short, script in (
            ("unit", "test"),
            ("types", "test:types"),
            ("lint", "test:lint"),
            ("coverage", "test:coverage"),
            ("audit", "test:audit"),
        )
    }
    return {
        "app": app.name,
        "folder": folder,
        "workdir": workdir,
        "prefix": prefix,
        "lock": manager.lock,
        "lock_path": _lock_path(app),
        "cache_variables": _CACHE_VARIABLES[manager.name],
        "run": manager.run,
        "exec": manager.exec,
        "install": [*filter(None, [_PUT_IN_PLACE.get(manager.name)]), manager.frozen],
        "setup": _setup(app),
        "scripts": named,
        "projects": [
            name
            for part, name in (("a11y", "a11y"), ("perf", "performance"), ("security", "security"))
            if part in parts
        ],
        "lints": named["lint"] in scripts,
        "checks_types": named["types"] in scripts,
        "perf": "perf" in parts,
        "unit": "unit" in parts,
        "e2e": "e2e" in parts,
        "needs": ", ".join([*(job for part, job in _JOBS if part in parts), "build"]),
        "visual": "visual" in parts,
        "security": "security" in parts,
    }


def _lock_path(app: App) -> str:
    return posixpath.normpath(posixpath.join(app.lock_place, app.manager.lock))


def _setup(app: App) -> str:
    """The steps that put Node, the package manager and the packages in place."""
    manager = app.manager.name
    steps = []
    if manager in {"pnpm", "yarn"}:
        steps += ["- run: corepack enable", "  working-directory: ."]
    if manager == "bun":
        steps += ["- uses: oven-sh/setup-bun@v2"]
    steps += ["- uses: actions/setup-node@v6", "  with:", f"    node-version: {app.node_major}"]
    if manager != "bun":
        steps.append(f"    cache: {manager}")
        if app.lock_place != ".":
            steps.append(f"    cache-dependency-path: {_lock_path(app)}")
    steps.append(f"- run: {app.manager.frozen}")
    return "\n".join(f"      {line}" for line in steps)
