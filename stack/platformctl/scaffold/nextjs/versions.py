"""Package versions that were run together. Two sets, because the newest refuse Node 20; never `latest`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_COMMON: Final[Mapping[str, str]] = {
    "@playwright/test": "1.64.1",  # 1.65 cannot drive Debian's Firefox ESR over BiDi
    "playwright-core": "1.64.1",  # pinned too: another hoisted copy breaks the types of @axe-core/playwright
    "@testing-library/dom": "10.4.2",
    "@testing-library/react": "16.3.3",
    "@testing-library/user-event": "14.6.13",
    "@types/jest": "30.0.0",
    "ajv": "8.20.0",
    "ajv-formats": "3.0.1",
    "axe-core": "~4.13.0",
    "eslint-plugin-jest-dom": "^5.5.0",
    "eslint-plugin-playwright": "^2.2.0",
    "eslint-plugin-testing-library": "^7.6.0",
    "jest": "30.5.2",
    "jest-axe": "11.0.0",
    "jest-environment-jsdom": "30.5.2",
    "jest-junit": "17.0.0",
    "msw": "2.15.0",
    "typescript-eslint": "^8.30.0",
    "web-vitals": "6.2.3",
}
NODE_20: Final[Mapping[str, str]] = {
    **_COMMON,
    "@axe-core/playwright": "4.13.0",
    "@testing-library/jest-dom": "6.9.1",
}
NODE_22: Final[Mapping[str, str]] = {
    **_COMMON,
    "@axe-core/playwright": "4.14.0",
    "@testing-library/jest-dom": "7.0.1",
    "axe-core": "~4.14.0",
}
E2E_ONLY: Final = frozenset({"@playwright/test", "playwright-core", "@axe-core/playwright", "web-vitals"})


def version_set(node_major: int) -> Mapping[str, str]:
    """The set for a project's Node."""
    return NODE_22 if node_major >= 22 else NODE_20
