"""Exports as real applications write them: wrapped, renamed, destructured, passed on by barrels, from neighbours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.scaffold.apps import package, write

from platformctl.app.scaffold_request import Action, Request, prepare
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.components import Found, find, source_files
from platformctl.scaffold.nextjs.exports import exported, exported_names
from platformctl.scaffold.nextjs.source import Alias, Sources

PROPS = "interface Props { name: string }\n"


def sources(root: Path, files: dict[str, str], *aliases: Alias, **neighbours: str) -> Sources:
    view = OwnersView(root=write(root, files), manifest=Manifest(name="test"))
    return Sources(view=view, aliases=aliases, neighbours={f"@repo/{n}": p for n, p in neighbours.items()})


def found(read: Sources, under: str = "") -> Found:
    return find(read, source_files(read, [under]))


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        (
            "function Thing({ name }: Props) { return <p>{name}</p>; }\nexport default withAuth(Thing);",
            None,
            True,
        ),
        (
            "const Thing = ({ name }: Props) => <p>{name}</p>;\nexport default connect(a, b)(Thing);",
            None,
            True,
        ),
        (
            "const Inner = ({ name }: Props) => <p>{name}</p>;\nexport const Thing = observer(Inner);",
            "Thing",
            False,
        ),
        ("export default memo(({ name }: Props) => <p>{name}</p>);", "FileName", True),
        ("export default function ({ name }: Props) { return <p>{name}</p>; }", "FileName", True),
        (
            "function Inner({ name }: Props) { return <p>{name}</p>; }\nexport { Inner as Thing };",
            "Thing",
            False,
        ),
        (
            "export class Thing extends React.Component<Props> { render() { return <p>{this.props.name}</p>; } }",
            "Thing",
            False,
        ),
        (
            "export default class Thing extends PureComponent<Props> { render() { return <p>x</p>; } }",
            "Thing",
            True,
        ),
    ],
)
def test_a_component_is_found_behind_what_wraps_it(
    tmp_path: Path, text: str, name: str | None, default: bool
) -> None:
    (component,) = found(sources(tmp_path, {"file-name.tsx": PROPS + text})).components
    assert (component.name, component.default) == (name or "Thing", default)
    assert component.props == {"name": '"sample name"'}


def test_what_is_exported_bare_and_wrapped_is_tested_bare(tmp_path: Path) -> None:
    text = "export function Thing({ name }: Props) { return <p>{name}</p>; }\nexport default withAuth(Thing);"
    (component,) = found(sources(tmp_path, {"thing.tsx": PROPS + text})).components
    assert not component.default


def test_a_class_that_is_no_component_is_none(tmp_path: Path) -> None:
    text = "export class Store extends Base<Props> { render() { return <p>x</p>; } }"
    assert not list(exported(sources(tmp_path, {"a.tsx": text}), "a.tsx"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const { GET, POST } = handlers;", {"GET", "POST"}),
        ("export const { GET: read, POST } = handlers;", {"read", "POST"}),
        ("const handler = (r) => r;\nexport { handler as GET, handler as POST };", {"GET", "POST"}),
        ("export const GET = withAuth(async () => Response.json({}));", {"GET"}),
        ('export { auth as middleware } from "@/auth";', {"middleware"}),
        ("export default createMiddleware(routing);", {"default"}),
        ("export async function GET() {}\nexport const runtime = 'edge';", {"GET", "runtime"}),
    ],
)
def test_the_names_of_a_file_are_what_others_can_import(tmp_path: Path, text: str, names: set[str]) -> None:
    assert exported_names(sources(tmp_path, {"a.ts": text}), "a.ts") == names


def test_handlers_that_a_library_made_are_routes_and_middleware(tmp_path: Path) -> None:
    read = sources(
        tmp_path,
        {
            "app/api/auth/[...nextauth]/route.ts": 'export { GET, POST } from "@/auth";',
            "app/api/trpc/[trpc]/route.ts": "const h = (r) => r;\nexport { h as GET, h as POST };",
            "middleware.ts": "export default createMiddleware(routing);\nexport const config = {};",
        },
    )
    assert [(route.path, route.methods) for route in routes.api_routes(read, "")] == [
        ("/api/auth/[...nextauth]", ("GET", "POST")),
        ("/api/trpc/[trpc]", ("GET", "POST")),
    ]
    proxy = routes.proxy(read, "")
    assert proxy is not None
    assert proxy.default


def test_types_are_followed_through_barrels_and_renames(tmp_path: Path) -> None:
    files = {
        "types/index.ts": 'export * from "./item";\nexport { Money as Price } from "./money";',
        "types/item.ts": "export interface Item { id: string }\nexport enum Status { Open = 'open', Shut = 'shut' }",
        "types/money.ts": "export type Money = { cents: number };",
        "Thing.tsx": (
            'import type { Item as Entry, Price, Status } from "./types";\n'
            "export function Thing(props: { item: Entry; price: Price; status: Status; file: File }) "
            "{ return <p>{String(props)}</p>; }"
        ),
    }
    (component,) = found(sources(tmp_path, files)).components
    assert component.props == {
        "item": '{ id: "sample id" }',
        "price": "{ cents: 3 }",
        "status": "'open' as never",
        "file": 'new File(["sample"], "sample.txt")',
    }


@pytest.mark.parametrize(
    ("manifest", "files"),
    [
        ({"main": "./src/index.ts"}, {"src/index.ts": 'export * from "./item";', "src/item.ts": ""}),
        ({"exports": {".": {"types": "./dist/index.d.ts"}}}, {"src/index.ts": 'export * from "./item";'}),
        ({"exports": {"./item": "./src/item.ts"}}, {}),
        ({"exports": {"./*": "./src/*.ts"}}, {}),
    ],
)
def test_types_of_a_neighbour_in_the_workspace_are_read_from_its_sources(
    tmp_path: Path, manifest: dict[str, object], files: dict[str, str]
) -> None:
    exports = manifest.get("exports")
    subpath = "/item" if isinstance(exports, dict) and "." not in exports else ""
    packages = {"package.json": json.dumps({"name": "@repo/types", **manifest}), **files}
    packages["src/item.ts"] = "export interface Item { id: string }"
    write(tmp_path / "packages" / "types", packages)
    text = (
        f'import type {{ Item }} from "@repo/types{subpath}";\n'
        "export const Thing = ({ item }: { item: Item }) => <p>{item.id}</p>;"
    )
    read = sources(tmp_path / "apps" / "web", {"Thing.tsx": text}, types="../../packages/types")
    (component,) = found(read).components
    assert component.props == {"item": '{ id: "sample id" }'}


def test_what_a_component_adds_to_a_librarys_props_is_enough_to_render_it(tmp_path: Path) -> None:
    text = (
        'import type { ButtonProps } from "library";\nimport type { LinkProps } from "next/link";\n'
        "export const Loud = (props: ButtonProps & { label: string }) => <p>{props.label}</p>;\n"
        "export const Away = (props: LinkProps & { label: string }) => <p>{props.label}</p>;\n"
    )
    result = found(sources(tmp_path, {"Thing.tsx": text}))
    assert [(c.name, dict(c.props)) for c in result.components] == [("Loud", {"label": '"sample label"'})]
    assert [todo.what for todo in result.todos] == ["component Away"]  # a link needs an address


def test_a_callback_may_be_declared_as_a_method(tmp_path: Path) -> None:
    text = (
        "interface Props { onPick(id: string): void; onDrop?(id: string): void }\n"
        "export const Thing = ({ onPick }: Props) => <button onClick={() => onPick('x')}>Pick</button>;\n"
        "export function useThing(): { save(text: string): Promise<void> } { return { save: async () => {} }; }"
    )
    result = found(sources(tmp_path, {"Thing.tsx": text}))
    assert result.components[0].props == {"onPick": "jest.fn()"}
    assert result.components[0].callbacks == (("Pick", "onPick"),)
    assert [call.name for call in result.hooks[0].calls] == ["save"]


def test_a_hook_that_a_library_made_is_used_without_arguments(tmp_path: Path) -> None:
    text = "export const useStore = create((set, get) => ({ count: 0, more: (by: number) => set(by) }));"
    (hook,) = found(sources(tmp_path, {"store.ts": text})).hooks
    assert (hook.arguments, hook.calls) == ((), ())


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
