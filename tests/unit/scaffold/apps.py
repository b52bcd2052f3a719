"""Small Next.js applications for tests, written file by file."""

from __future__ import annotations

import json
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "e2e" / "scaffold" / "sample"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def package(**changes: object) -> str:
    document = {"name": "app", "dependencies": {"next": "15.5.0", "react": "19.1.0", "react-dom": "19.1.0"}}
    return json.dumps({**document, **changes}, indent=2) + "\n"


def pages_app(root: Path) -> Path:
    """A pages-router application without src/, with Jest, ESLint and Prettier of its own."""
    return write(
        root,
        {
            "package.json": package(
                scripts={"test": "jest", "lint": "next lint"},
                dependencies={"next": "^14.2.3", "react": "^18.3.0", "react-dom": "^18.3.0"},
                devDependencies={"jest": "^29.7.0", "typescript": "^5.4.0"},
                packageManager="pnpm@9.1.0",
            ),
            "tsconfig.json": '{ "compilerOptions": { "baseUrl": ".", "paths": { "~/*": ["*"] } } }\n',
            "jest.config.js": "module.exports = {};\n",
            ".eslintrc.json": '{ "extends": "next/core-web-vitals" }\n',
            ".prettierrc": "{}\n",
            ".nvmrc": "v22.12.0\n",
            "next.config.js": 'module.exports = { output: "standalone", basePath: "/shop" };\n',
            "tests/own.test.ts": "it('is mine', () => {});\n",
            "pages/_app.tsx": "export default function App() { return <div />; }\n",
            "pages/index.tsx": "export default function Home() { return <main />; }\n",
            "pages/items/[id].tsx": "export default function Item() { return <main />; }\n",
            "pages/api/health.ts": "export default function handler() {}\n",
            "components/Hello.tsx": (
                "interface HelloProps { name: string; onWave: () => void; items: Array<{ id: number }> }\n"
                "export default function Hello({ name, onWave }: HelloProps) {\n"
                "  return <button onClick={onWave}>Wave</button>;\n}\n"
            ),
            "components/Odd.tsx": (
                'import type { Secret } from "some-package";\n'
                "export function Odd({ secret }: { secret: Secret }) { return <p>{String(secret)}</p>; }\n"
            ),
        },
    )
