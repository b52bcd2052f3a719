"""Routes of the app router and the pages router, read from file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from platformctl.scaffold.nextjs.app import ApiRoute, Proxy
from platformctl.scaffold.nextjs.exports import exported_names
from platformctl.scaffold.nextjs.source import Sources

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_NAMED_METHOD: Final = re.compile(r"""method\b[^"'\n]{0,12}["']([A-Z]+)["']|case\s+["']([A-Z]+)["']""")
_CODE: Final = re.compile(r"\.[jt]sx?$")


def routers(sources: Sources, src: str) -> tuple[str, ...]:
    """Which routers the application has: 'app', 'pages' or both."""
    return tuple(name for name in ("app", "pages") if sources.view.exists(f"{src}{name}"))


def page_paths(sources: Sources, src: str) -> list[str]:
    """The paths of all pages, dynamic parts in brackets as Next.js writes them."""
    return sorted(page_files(sources, src))


def page_files(sources: Sources, src: str) -> dict[str, str]:
    """The path of each page to its file."""
    found: dict[str, str] = {}
    for file in sources.view.files(under=f"{src}app"):
        if _CODE.search(file) and PurePosixPath(file).stem == "page":
            path = _app_path(file, f"{src}app")
            if path is not None:
                found[path] = file
    for file in sources.view.files(under=f"{src}pages"):
        path = _pages_path(file, f"{src}pages")
        if path is not None and not path.startswith("/api"):
            found[path] = file
    return found


def api_routes(sources: Sources, src: str) -> list[ApiRoute]:
    """The route handlers of the app router, and the API routes of the pages router."""
    found = []
    for file in sources.view.files(under=f"{src}app"):
        if not _CODE.search(file) or PurePosixPath(file).stem != "route":
            continue
        path = _app_path(file, f"{src}app")
        names = exported_names(sources, file)
        methods = tuple(method for method in METHODS if method in names)
        if path is not None and methods:
            found.append(ApiRoute(path=path, file=file, methods=methods))
    found += _pages_api(sources, src)
    return sorted(found, key=lambda route: route.path)


def _pages_api(sources: Sources, src: str) -> Iterator[ApiRoute]:
    """API routes of the pages router: one function answers the methods that it names, or GET."""
    for file in sources.view.files(under=f"{src}pages/api"):
        path = _pages_path(file, f"{src}pages")
        if path is not None and "export default" in sources.text(file):
            named = {one or other for one, other in _NAMED_METHOD.findall(sources.text(file))}
            methods = tuple(method for method in METHODS if method in named) or ("GET",)
            yield ApiRoute(path=path, file=file, methods=methods, pages_router=True)


def proxy(sources: Sources, src: str) -> Proxy | None:
    """The proxy (Next.js 16) or middleware."""
    for name in ("proxy", "middleware"):
        for ending in (".ts", ".js"):
            file = f"{src}{name}{ending}"
            text = sources.view.read(file)
            if text is None:
                continue
            names = exported_names(sources, file)
            if names & {name, "default"}:
                return Proxy(file=file, name=name, default=name not in names, redirects="redirect(" in text)
    return None


def _app_path(file: str, root: str) -> str | None:
    parts = PurePosixPath(file).parent.relative_to(root).parts
    if any(part.startswith(("_", "(.", "(..")) for part in parts):  # private folders, intercepted routes
        return None
    shown = [part for part in parts if not part.startswith(("(", "@"))]
    return "/" + "/".join(shown)


def _pages_path(file: str, root: str) -> str | None:
    if not _CODE.search(file) or re.search(r"\.(test|spec|stories|d)\.", file):
        return None
    path = PurePosixPath(file).relative_to(root).with_suffix("")
    if path.name.startswith("_") or path.name in {"404", "500"}:
        return None
    parts = path.parts[:-1] if path.name == "index" else path.parts
    return "/" + "/".join(parts)


def is_dynamic(path: str) -> bool:
    """Whether a path has parts that only the application knows."""
    return "[" in path


def first_matching(paths: Iterable[str], pattern: str) -> str | None:
    """The first path that matches a regular expression."""
    return next((path for path in paths if re.search(pattern, path)), None)
