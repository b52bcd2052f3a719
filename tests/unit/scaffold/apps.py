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


def legacy_app(root: Path) -> Path:
    """Without src/, tests or aliases: ES5, an image without text, a provider that lacks and one that breaks."""
    return write(
        root,
        {
            "package.json": json.dumps(
                {
                    "name": "legacy",
                    "scripts": {"typecheck": "tsc --noEmit"},
                    "dependencies": {"next": "16.4.6", "react": "19.3.1", "react-dom": "19.3.1"},
                    "devDependencies": {"typescript": "5.9.3"},
                },
                indent="\t",
            ),
            ".nvmrc": "20\n",
            "tsconfig.json": json.dumps(
                {
                    "compilerOptions": {
                        "target": "es5",
                        "lib": ["dom", "esnext"],
                        "strict": True,
                        "noEmit": True,
                        "module": "esnext",
                        "moduleResolution": "bundler",
                        "jsx": "preserve",
                        "isolatedModules": True,
                        "esModuleInterop": True,
                        "skipLibCheck": True,
                        "baseUrl": ".",
                    },
                    "include": ["**/*.ts", "**/*.tsx"],
                }
            ),
            "app/layout.tsx": (
                'import type { ReactNode } from "react";\n'
                'import { DraftsProvider } from "components/Drafts";\n'
                "export default function Layout({ children }: { children: ReactNode }) {\n"
                '  return <html lang="en"><body><DraftsProvider>{children}</DraftsProvider></body></html>;\n}\n'
            ),
            "components/Drafts.tsx": (
                '"use client";\n'
                'import { useEffect, type ReactNode } from "react";\n'
                "export function DraftsProvider({ children }: { children: ReactNode }) {\n"
                '  useEffect(() => { indexedDB.open("drafts"); });\n'  # jsdom has none
                "  return <>{children}</>;\n}\n"
            ),
            "app/page.tsx": (
                'import { Cart } from "components/Cart";\n'
                "export default function Page() { return <main><h1>Shop</h1><Cart /></main>; }\n"
            ),
            "components/Cart.tsx": (
                '"use client";\n'
                'import { createContext, useContext, useState } from "react";\n'
                "const CartContext = createContext<null | { count: number }>(null);\n"
                "export function Cart() {\n"
                "  const [open, setOpen] = useState(false);\n"
                '  return <div><img src="/x.png" /><button onClick={() => setOpen(!open)}>Cart</button>'
                "{open && <p>empty</p>}</div>;\n}\n"
                "export function Count() {\n"
                "  const cart = useContext(CartContext);\n"
                '  if (!cart) throw new Error("no cart");\n'
                "  return <p>{cart.count}</p>;\n}\n"
                "export function Dead() { return <button onClick={() => {}}>Nothing</button>; }\n"
            ),
            "components/Keyed.tsx": (
                'if (!process.env.SHOP_KEY) throw new Error("SHOP_KEY is not set");\n'
                "export function Keyed() { return <p>key</p>; }\n"
            ),
            "lib/sums.ts": (
                "export function untested(a: number) {\n  if (a > 1) {\n    return a * 2;\n  }\n"
                "  const list = [1, 2, 3];\n  return list.map((n) => n * a).length;\n}\n"
            ),
        },
    )


def pages_router_app(root: Path) -> Path:
    """A pages-router application inside a workspace, on the packages of the sample."""
    sample = json.loads((SAMPLE / "package.json").read_text())
    return write(
        root,
        {
            "package.json": json.dumps({**sample, "name": "web"}, indent=4),
            "tsconfig.json": (SAMPLE / "tsconfig.json").read_text().replace("./src/*", "./*"),
            "eslint.config.mjs": (SAMPLE / "eslint.config.mjs").read_text(),
            ".nvmrc": "20\n",
            "pages/_document.tsx": (
                'import { Head, Html, Main, NextScript } from "next/document";\n'
                "export default function Document() {\n"
                '  return <Html lang="en"><Head /><body><Main /><NextScript /></body></Html>;\n}\n'
            ),
            "pages/index.tsx": (
                'import { Greeting } from "@/components/Greeting";\n'
                'export default function Home() { return <main><h1>Home</h1><Greeting name="you" /></main>; }\n'
            ),
            "pages/api/health.ts": (
                'import type { NextApiRequest, NextApiResponse } from "next";\n'
                "export default function handler(_: NextApiRequest, response: NextApiResponse) {\n"
                '  response.json({ status: "ok" });\n}\n'
            ),
            "components/Greeting.tsx": (
                "export function Greeting({ name }: { name: string }) { return <p>Hello {name}</p>; }\n"
            ),
        },
    )
