"""Package versions that were run together. Two sets, because the newest refuse Node 20; never `latest`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from platformctl.scaffold.nextjs.packages import Packages, as_version

_UNIT: Final[Mapping[str, str]] = {
    "@testing-library/dom": "10.4.2",
    "@testing-library/react": "16.3.3",
    "@testing-library/user-event": "14.6.13",
    "@types/jest": "30.0.0",
    "jest": "30.5.2",
    "jest-axe": "11.0.0",
    "jest-environment-jsdom": "30.5.2",
    "jest-junit": "17.0.0",
}
_BROWSER: Final[Mapping[str, str]] = {
    "@playwright/test": "1.64.1",  # 1.65 cannot drive Debian's Firefox ESR over BiDi
    "playwright-core": "1.64.1",  # pinned too: another hoisted copy breaks the types of @axe-core/playwright
    "web-vitals": "6.2.3",
}
_BOTH: Final[Mapping[str, str]] = {"ajv": "8.20.0", "ajv-formats": "3.0.1", "msw": "2.15.0"}
_LINT: Final[Mapping[str, str]] = {
    "eslint-plugin-jest-dom": "^5.5.0",
    "eslint-plugin-playwright": "^2.2.0",
    "eslint-plugin-testing-library": "^7.6.0",
    "typescript-eslint": "^8.30.0",
}
_NODE_20: Final[Mapping[str, str]] = {
    "@axe-core/playwright": "4.13.0",
    "@testing-library/jest-dom": "6.9.1",
    "axe-core": "~4.13.0",
}
_NODE_22: Final[Mapping[str, str]] = {
    "@axe-core/playwright": "4.14.0",
    "@testing-library/jest-dom": "7.0.1",
    "axe-core": "~4.14.0",
}
_JEST_29: Final[Mapping[str, str]] = {"jest-environment-jsdom": "29.7.0", "@types/jest": "29.5.14"}
# What every Next.js project in TypeScript has somewhere; in a workspace perhaps only at its root.
_ASSUMED: Final[Mapping[str, str]] = {"@types/node": "^20", "typescript": "5.9.3"}
_ESLINT: Final = "^9.39.0"
# The plugins' own peer ranges: outside of them npm refuses to install at all.
_OLDEST_ESLINT: Final = "8.57"
_OLDEST_TYPESCRIPT: Final = "4.8.4"
_FIRST_ESLINT_BEYOND: Final = "10"
_FIRST_TYPESCRIPT_BEYOND: Final = "6.1"
_E2E_ONLY: Final = frozenset({*_BROWSER, "@axe-core/playwright"})


def versions_for(packages: Packages, *, node_major: int, parts: Collection[str]) -> Mapping[str, str]:
    """The development packages that the framework needs besides those that package.json names."""
    wanted = {**_UNIT, **_BROWSER, **_BOTH, **(_NODE_22 if node_major >= 22 else _NODE_20)}
    if lint_refusal(packages) is None:
        wanted |= {"eslint": _ESLINT, **_LINT}
    wanted |= {**_ASSUMED, "@types/react": f"^{packages.major('react') or 19}"}
    wanted |= dict(_companions(packages))
    held = (*_ASSUMED, "@types/react", "eslint")
    return {
        name: version
        for name, version in sorted(wanted.items())
        if not (name in _E2E_ONLY and "e2e" not in parts) and not (name in held and packages.has(name))
    }


def lint_refusal(packages: Packages) -> str | None:
    """Why the framework's own lint can't be set up here; None when it can."""
    linted = packages.naming("eslint")
    version = linted.version("eslint")
    eslint = as_version(_newest(linted.asked("eslint"), version))
    if eslint and eslint < as_version(_OLDEST_ESLINT):
        return f"ESLint {version} is older than {_OLDEST_ESLINT}"
    if eslint >= as_version(_FIRST_ESLINT_BEYOND):
        return f"eslint-plugin-testing-library does not know ESLint {version} yet"
    typescript = _typescript(packages)
    if typescript and not as_version(_OLDEST_TYPESCRIPT) <= as_version(typescript) < as_version(
        _FIRST_TYPESCRIPT_BEYOND
    ):
        return f"typescript-eslint does not know TypeScript {typescript}"
    return None


def types_refusal(packages: Packages) -> str | None:
    """Why the framework's types can't be checked here; None when they can. Jest runs it either way."""
    typescript = _typescript(packages)
    if typescript and as_version(typescript) < (5,):
        return f"TypeScript {typescript} does not resolve modules as a bundler does; 5 does"
    return None


def _typescript(packages: Packages) -> str | None:
    return packages.naming("typescript").version("typescript")


def _newest(asked: str | None, version: str | None) -> str:
    """What a range such as ^8 comes to: the newest of its major version."""
    if asked is not None and (asked.startswith("^8") or asked.strip() == "8"):
        return "8.57.1"
    return version or ""


def _companions(packages: Packages) -> Iterator[tuple[str, str]]:
    """Packages that must be of the same version as one that the application has already."""
    if packages.major("jest") == 29:
        yield from _JEST_29.items()
    # Two copies of @testing-library/dom, and user-event's events are outside of React's act().
    dom = {13: "8.20.1", 14: "9.3.4"}.get(packages.major("@testing-library/react") or 0)
    if dom:
        yield "@testing-library/dom", dom
    playwright = packages.asked("@playwright/test")
    if playwright:
        yield "playwright-core", playwright
