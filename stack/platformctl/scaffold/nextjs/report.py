"""TODO.md: what the scaffold could not infer, so that nobody takes silence for coverage."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.components import Todo


def todo_text(app: App, todos: Iterable[Todo], *, parts: Collection[str]) -> str:
    """The report as Markdown."""
    lines = [
        "# What no test was generated for",
        "",
        "Written by platformctl; it is written again on a re-run. An entry leaves the list when a re-run can infer it;",
        "otherwise write the test by hand and keep it in a file of your own.",
        "",
    ]
    rows = [f"- **{todo.what}** ({todo.path}): {todo.why}" for todo in todos]
    lines += rows or ["Nothing: everything that was found has a test."]
    lines += ["", "## What only you can fill in", ""]
    if "ci" in parts and app.place != ".":
        lines.append(
            "- `ci/github.yml`: GitHub reads workflows at a repository's root: move it to `.github/workflows/` there."
        )
    if app.provider is None:
        lines.append(
            "- `platform.adapter.tsx`: no provider of the tenant was found; wrap components in yours."
        )
    if app.tenant_header is None:
        lines.append("- no header that names the tenant was found; requests are not checked for one.")
    if app.openapi is None:
        lines.append(
            "- no OpenAPI document was found; requests and answers are checked for the tenant header only."
        )
    lines += [
        "- `platform.adapter.tsx`: `sessionHeaders` and `knownTenants`, for route handlers and the proxy.",
        "- `e2e/app.ts`: how to sign in, which tenants exist, flags, tenant-supplied text.",
        "- `e2e/journeys.ts`: the journey of each vertical.",
        "",
    ]
    return "\n".join(lines)
