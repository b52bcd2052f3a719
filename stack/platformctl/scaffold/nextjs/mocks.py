"""The mocks' side of the contract: where it is imported from, and its types."""

from __future__ import annotations

import json
from collections.abc import Iterator

from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.lay.tree import LaidFile
from platformctl.scaffold.nextjs import additions, templates
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.contract import read_document, types_text


def contract_files(app: App, view: OwnersView, folder: str) -> Iterator[LaidFile]:
    """openapi.ts and api.ts; and openapi.json, where the application has no document, or has it in YAML."""
    own = view.read(app.openapi) if app.openapi else None
    text = own if own is not None else additions.minimal_contract(app)
    document = read_document(text, app.openapi or "openapi.json")
    in_place = own is not None and (app.openapi or "").endswith(".json")
    module = f"../../{app.openapi}" if in_place else "./openapi.json"
    if not in_place:
        copy = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        yield LaidFile(path=f"{folder}/mocks/openapi.json", text=copy)
    source = app.openapi or "the routes that were found"
    yield LaidFile(
        path=f"{folder}/mocks/openapi.ts",
        text=templates.render("tests/mocks/openapi.ts", openapi_import=module),
    )
    yield LaidFile(path=f"{folder}/mocks/api.ts", text=types_text(document, source))
