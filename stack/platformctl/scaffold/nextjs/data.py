"""platform.config.json: what was found, as data that Jest, Playwright and the scripts all read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from platform_telemetry.contract import METRICS
from platform_telemetry.spec import MetricType
from platformctl.scaffold.lay.jsonc import JsonValue
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import SPECIAL_FILES
from platformctl.scaffold.nextjs.routes import first_matching


def config_text(
    app: App, *, suffix: str, folder: str, server_components: Iterable[str], esm: Iterable[str]
) -> str:
    """The generated configuration as JSON."""
    paths = [route.path for route in app.api_routes]
    routes: list[JsonValue] = [
        {"path": r.path, "methods": list(r.methods), "file": r.file} for r in app.api_routes
    ]
    document: dict[str, JsonValue] = {
        "$about": "Written by platformctl from what it found in the application. It is written again on a re-run.",
        "app": app.name,
        "next": app.next_major,
        "suffix": suffix,
        "e2eSuffix": "e2e",
        "esm": list(esm),
        "moduleNameMapper": _mapper(app),
        "modulePaths": [f"<rootDir>/{path}" for path in app.module_paths],
        "coverage": _coverage(app, folder, server_components),
        "tenantHeader": app.tenant_header,
        "sessionCookie": app.session_cookie,
        "apiPattern": "*/api/*",
        "apiRoutes": routes,
        "pages": [page for page in app.pages if not page.startswith("/api")],
        "signInPage": first_matching(app.pages, r"(log-?in|sign-?in)$"),
        "health": first_matching(paths, r"/(health|healthz|ready|readyz|live|ping|status)$"),
        "metrics": first_matching(paths, r"/metrics$"),
        "start": _start(app),
        "output": app.output,
        "basePath": app.base_path,
        "sources": list(app.sources),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def catalogue_text() -> str:
    """The platform's metric catalogue, as far as an exposition can be held against it."""
    metrics = [
        {
            "name": spec.name,
            "type": "gauge" if spec.type is MetricType.INFO else spec.type.value,
            "labels": list(spec.labels),
        }
        for spec in METRICS
    ]
    return json.dumps({"metrics": metrics}, indent=2) + "\n"


def _mapper(app: App) -> dict[str, JsonValue]:
    """tsconfig's paths for Jest: SWC rewrites imports by itself, but not jest.mock()."""
    found: dict[str, list[JsonValue]] = {}
    for alias in app.aliases:
        target = "<rootDir>" if alias.target == "." else f"<rootDir>/{alias.target}"
        pattern = f"^{re.escape(alias.prefix)}{'' if alias.exact else '(.*)'}$"
        found.setdefault(pattern, []).append(target if alias.exact else f"{target}/$1")
    return {pattern: targets[0] if len(targets) == 1 else targets for pattern, targets in found.items()}


def _coverage(app: App, folder: str, server_components: Iterable[str]) -> list[JsonValue]:
    included: list[JsonValue] = [f"{source}/**/*.{{ts,tsx}}" for source in app.sources]
    names = "|".join(sorted(SPECIAL_FILES - {"route"}))
    excluded = [
        "!**/*.d.ts",
        "!**/*.{stories,test,spec}.{ts,tsx}",
        f"!**/@({names}).{{ts,tsx}}",
        f"!{folder}/**",
        *(f"!{path}" for path in sorted(server_components)),
    ]
    return [*included, *excluded]


def _start(app: App) -> str:
    match app.output:
        case "standalone":
            return "node .next/standalone/server.js"
        case "export":
            return "npx --no-install serve out"
        case _:
            return "npx --no-install next start"
