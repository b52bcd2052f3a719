"""The files that are planned for an application as a whole: where they go, and what stands in them."""

from __future__ import annotations

import json
from pathlib import Path

from unit.scaffold.apps import package, write

from platformctl.app.scaffold_request import Action, Request, prepare


def app(root: Path, **files: str) -> dict[str, str]:
    """The files planned for an application with these."""
    write(
        root,
        {
            "package.json": package(),
            "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./lib/*", "./*"] } } }',
            "app/page.tsx": "export default function Page() { return <main />; }",
            **{name.replace("__", "/"): text for name, text in files.items()},
        },
    )
    return {
        step.path: step.after or "" for step in prepare(Request(root=root, action=Action.PREVIEW)).plan.steps
    }


def test_an_alias_with_several_places_is_looked_up_in_all_of_them(tmp_path: Path) -> None:
    thing = "export function {}() {{ return <button>press</button>; }}"
    planned = app(
        tmp_path,
        **{
            "components/Thing.tsx": thing.format("Thing"),
            "lib/components/Thing.tsx": thing.format("Shadow"),
            "lib/components/Other.tsx": thing.format("Other"),
        },
    )
    mapped = json.loads(planned["tests/platform.config.json"])["moduleNameMapper"]
    assert mapped == {"^@/(.*)$": ["<rootDir>/lib/$1", "<rootDir>/$1"]}
    rendering = planned["tests/unit/rendering.test.tsx"]
    assert 'import { Other } from "@/components/Other";' in rendering
    assert 'import { Shadow } from "@/components/Thing";' in rendering
    assert 'import { Thing } from "../../components/Thing";' in rendering


def test_many_components_and_hooks_are_spread_over_files(tmp_path: Path) -> None:
    things = "".join(f"export function Thing{n}() {{ return <p>{n}</p>; }}\n" for n in range(45))
    hooks = "".join(f"export function useThing{n}() {{ return {n}; }}\n" for n in range(13))
    planned = app(tmp_path, **{"components/things.tsx": things, "hooks/things.ts": hooks})
    unit = {path.removeprefix("tests/unit/") for path in planned if path.startswith("tests/unit/")}
    assert {"rendering.test.tsx", "rendering-2.test.tsx", "hooks.test.tsx", "hooks-2.test.tsx"} <= unit


def test_a_component_in_a_folder_called_hooks_does_not_take_the_name_of_the_tests_of_hooks(
    tmp_path: Path,
) -> None:
    text = (
        'import { useState } from "react";\n'
        "export function useCount() { return useState(0); }\n"
        "export function Count() { const [n, more] = useCount(); return <button onClick={() => more(1)}>{n}</button>; }"
    )
    planned = app(tmp_path, **{"hooks/count.tsx": text})
    assert "useCount" in planned["tests/unit/hooks.test.tsx"]
    assert "Count" in planned["tests/unit/hooks-components.test.tsx"]


def test_in_an_application_of_es_modules_the_tests_are_none(tmp_path: Path) -> None:
    module = json.dumps({**json.loads(package()), "type": "module"})
    assert json.loads(app(tmp_path, **{"package.json": module})["tests/package.json"])["type"] == "commonjs"
    assert "tests/package.json" not in app(tmp_path, **{"package.json": package()})


def test_a_contract_among_the_tests_of_something_is_not_the_applications(tmp_path: Path) -> None:
    contract = '{ "openapi": "3.1.0", "paths": {} }'
    planned = app(tmp_path, **{"lib/__tests__/openapi.json": contract, "node/mocks/openapi.json": contract})
    assert "__tests__" not in planned["tests/mocks/openapi.ts"]


def test_the_providers_of_the_outermost_layout_stand_around_what_is_tested(tmp_path: Path) -> None:
    planned = app(
        tmp_path,
        **{
            "app/layout.tsx": (
                'import { QueryClientProvider } from "@tanstack/react-query";\n'
                'import { NextIntlClientProvider } from "next-intl";\n'
                'import { Gone } from "unknown";\nimport Providers from "../lib/providers";\n'
                'import { AuthProvider, SecretProvider } from "../lib";\n'
                "export default function Layout({ children }) { return <html><body><QueryClientProvider client={c}>"
                "<NextIntlClientProvider><AuthProvider user={null}><SecretProvider><Providers>{children}</Providers>"
                "</SecretProvider></AuthProvider></NextIntlClientProvider></QueryClientProvider></body></html>; }"
            ),
            "lib/index.ts": 'export * from "./auth";\nexport { SecretProvider } from "./secret";',
            "lib/auth.tsx": (
                "export function AuthProvider(props: React.PropsWithChildren<{ user: { name: string } | null }>) "
                "{ return <>{props.children}</>; }"
            ),
            "lib/secret.tsx": (
                'import type { Vault } from "vault";\nexport const SecretProvider = ({ vault, children }: '
                "{ vault: Vault; children: ReactNode }) => <>{children}</>;"
            ),
            "lib/providers.tsx": (
                "export default function Providers({ children }: { children: ReactNode }) { return <>{children}</>; }"
            ),
        },
    )
    adapter = planned["tests/platform.adapter.tsx"]
    assert "SecretProvider" not in adapter  # what it needs is not to be inferred
    assert adapter[adapter.index("export function Providers") :].startswith(
        """export function Providers({ children }: ProvidersProps) {
  // No provider of a tenant was found: put yours here.
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  return (
    <QueryClientProvider client={queries}>
      <NextIntlClientProvider locale="en" timeZone="UTC" messages={{}} onError={() => {}}>
        <AuthProvider user={{ name: "sample name" }}>
          <Providers>{children}</Providers>
        </AuthProvider>
      </NextIntlClientProvider>
    </QueryClientProvider>
  );
}
"""
    )
    assert 'import { QueryClient, QueryClientProvider } from "@tanstack/react-query";' in adapter
