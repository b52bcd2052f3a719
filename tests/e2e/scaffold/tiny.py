"""A very small application for any version of Next.js and any package manager, and the managers themselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from unit.scaffold.apps import write

# Next.js to React, and the versions of the types that go with it.
REACT = {"13.5.11": "18.3.1", "14.2.35": "18.3.1", "15.5.28": "19.1.0", "16.4.6": "19.3.1"}
NEWEST = "16.4.6"
_TSCONFIG = {
    "compilerOptions": {
        "target": "es2017",
        "lib": ["dom", "dom.iterable", "esnext"],
        "strict": True,
        "noEmit": True,
        "module": "esnext",
        "moduleResolution": "bundler",
        "jsx": "preserve",
        "isolatedModules": True,
        "esModuleInterop": True,
        "skipLibCheck": True,
        "paths": {"@/*": ["./*"]},
    },
    "include": ["**/*.ts", "**/*.tsx"],
    "exclude": ["node_modules"],
}


def tiny_app(root: Path, *, next_version: str = NEWEST, **package: object) -> Path:
    """A page, a component with a button, a hook and a route handler."""
    react = REACT[next_version]
    document = {
        "name": "tiny",
        "private": True,
        "scripts": {"build": "next build"},
        "dependencies": {"next": next_version, "react": react, "react-dom": react},
        "devDependencies": {
            "@types/node": "^20",
            "@types/react": f"^{react.split('.')[0]}",
            "@types/react-dom": f"^{react.split('.')[0]}",
            "typescript": "5.9.3",
        },
        **package,
    }
    return write(
        root,
        {
            "package.json": json.dumps(document, indent=2) + "\n",
            "tsconfig.json": json.dumps(_TSCONFIG, indent=2) + "\n",
            "app/layout.tsx": (
                'import type { ReactNode } from "react";\n'
                "export default function Layout({ children }: { children: ReactNode }) {\n"
                '  return <html lang="en"><body>{children}</body></html>;\n}\n'
            ),
            "app/page.tsx": (
                'import { Counter } from "@/components/Counter";\n'
                "export default function Page() { return <main><h1>Tiny</h1><Counter /></main>; }\n"
            ),
            "app/api/health/route.ts": 'export function GET() { return Response.json({ status: "ok" }); }\n',
            "components/Counter.tsx": (
                '"use client";\nimport { useCount } from "@/hooks/useCount";\n'
                "export function Counter() {\n  const [count, more] = useCount();\n"
                '  return <p>{count} <button type="button" onClick={more}>More</button></p>;\n}\n'
            ),
            "hooks/useCount.ts": (
                'import { useState } from "react";\n'
                "export function useCount(): [number, () => void] {\n"
                "  const [count, setCount] = useState(0);\n"
                "  return [count, () => setCount((now) => now + 1)];\n}\n"
            ),
        },
    )


def tool(package: str) -> Path:
    """The folder of a package's programs, installed from npm once and kept between runs."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "platformctl-tests"
    place = cache / package.replace("/", "-")
    if not (place / "complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install {package}: {done.stderr.strip()[-300:]}")
        (place / "complete").touch()
    return place / "node_modules" / ".bin"
